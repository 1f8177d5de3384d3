import type {RunOptions} from './apigw.js'
import {EVERY_COMMAND, runCommand} from './every-command.js'

/** Runs a printed command as a shell would, if somebody pasted it: words in single quotes, several with `&&`. */
export async function paste(line: string, options: RunOptions): Promise<void> {
  for (const command of line.split(' && ')) {
    const words = [...command.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([word]) => word.replaceAll(/'([^']*)'/g, '$1'))
    if (words[0] !== 'apigw') throw new Error(`Not a command of apigw: ${command}`)
    const isTopic = EVERY_COMMAND[`${words[1]}:${words[2]}`] !== undefined
    const [id, rest] = isTopic ? [`${words[1]}:${words[2]}`, words.slice(3)] : [`${words[1]}`, words.slice(2)]
    const {exitCode, stderr} = await runCommand(id, rest, options)
    if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${stderr}`)
  }
}

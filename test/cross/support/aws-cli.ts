import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {delimiter, join} from 'node:path'

/** An AWS CLI, somebody else's client: none of its code is ours. */
export interface AwsCli {
  path: string
  /** 1 or 2; only 2 has `logs tail`. */
  major: number
}

export interface CliResult {
  exitCode: number
  stdout: string
  stderr: string
}

const HOW_TO_GET_ONE =
  'No AWS CLI was found on the PATH or in .venv. Get one with: python3 -m venv .venv && .venv/bin/pip install awscli'

/**
 * The first AWS CLI of version 2 on the PATH or in the project's `.venv`, else the first of version 1.
 * @throws Error that says how to get one
 */
export async function findAwsCli(): Promise<AwsCli> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(import.meta.dirname, '../../../.venv/bin')]
  const paths = [...new Set(folders.map(folder => join(folder, 'aws')))].filter(path => existsSync(path))
  const found: AwsCli[] = []
  for (const path of paths) {
    // What is called aws may be a launcher of something that is not installed.
    const {stdout, exitCode} = await run(path, ['--version'], process.env)
    const major = /^aws-cli\/(\d+)\./.exec(stdout)?.[1]
    if (exitCode === 0 && major) found.push({path, major: Number(major)})
  }
  const cli = found.find(({major}) => major >= 2) ?? found[0]
  if (!cli) throw new Error(HOW_TO_GET_ONE)
  return cli
}

/**
 * A function that runs commands of the CLI against an endpoint.
 * @param url of a running sandbox
 */
export function awsOn({path}: AwsCli, url: string) {
  const environment = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_DEFAULT_OUTPUT: 'json',
    AWS_PAGER: '',
    // The file names and the characters of messages must not depend on the machine.
    PYTHONUTF8: '1',
  }
  const result = (...args: string[]) => run(path, ['--endpoint-url', url, ...args], environment)

  /** Runs a command that must succeed. @returns its JSON, or undefined where it prints nothing */
  // biome-ignore lint/suspicious/noExplicitAny: the CLI's answers have a shape per command; the assertions name it
  const aws = async (...args: string[]): Promise<any> => {
    const {exitCode, stdout, stderr} = await result(...args)
    if (exitCode !== 0) throw new Error(`aws ${args.join(' ')} failed with ${exitCode}: ${stderr}`)
    return stdout.trim() === '' ? undefined : JSON.parse(stdout)
  }
  return {aws, result}
}

function run(path: string, args: string[], env: NodeJS.ProcessEnv): Promise<CliResult> {
  return new Promise(resolve => {
    execFile(path, args, {env, maxBuffer: 64 * 1024 * 1024}, (error, stdout, stderr) => {
      const exitCode = error ? (typeof error.code === 'number' ? error.code : 127) : 0
      resolve({exitCode, stdout, stderr})
    })
  })
}

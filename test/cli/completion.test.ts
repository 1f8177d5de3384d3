import {execFileSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {type CompletedCommand, completionScript} from '../../src/cli/completion.js'

const commands: CompletedCommand[] = [
  {
    path: 'keys create',
    summary: "Issue somebody's key",
    flags: [
      {name: 'plan', char: 'p', summary: 'usage plan', options: [], takesValue: true},
      {name: 'output', char: 'o', summary: 'format', options: ['json', 'yaml'], takesValue: true},
    ],
  },
  {path: 'keys list', summary: 'List keys', flags: []},
  {path: 'deploy', summary: 'Deploy', flags: []},
]

/** What bash itself offers for a line. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash', 'apigw', commands)}
COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _apigw; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], {encoding: 'utf8'}).split('\n').filter(Boolean)
}

test('bash completes topics, commands, flags and the values of flags', () => {
  expect(offered('apigw', '')).toEqual(['keys', 'deploy'])
  expect(offered('apigw', 'ke')).toEqual(['keys'])
  expect(offered('apigw', 'keys', '')).toEqual(['create', 'list'])
  expect(offered('apigw', 'keys', 'create', 'mobile', '--p')).toEqual(['--plan'])
  expect(offered('apigw', 'keys', 'create', '--output', '')).toEqual(['json', 'yaml'])
  expect(offered('apigw', 'keys', 'create', '-o', 'y')).toEqual(['yaml'])
})

test('the scripts for zsh and fish hold every command, with quotes made harmless', () => {
  expect(completionScript('zsh', 'apigw', commands)).toContain("'keys create') echo '--plan --output'")
  expect(completionScript('fish', 'apigw', commands)).toContain("-a create -d 'Issue somebody\\'s key'")
})

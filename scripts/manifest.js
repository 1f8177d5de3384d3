// Writes oclif.manifest.json: `oclif manifest` lists commands in the order in which the file system yields them, here
// they are sorted, so that the same build gives the same file everywhere.
import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = fileURLToPath(new URL('../oclif.manifest.json', import.meta.url))

execFileSync('npx', ['--no-install', 'oclif', 'manifest'], {cwd: root, stdio: ['ignore', 'ignore', 'inherit']})
const {commands, ...rest} = JSON.parse(readFileSync(file, 'utf8'))
const sorted = Object.fromEntries(Object.entries(commands).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify({commands: sorted, ...rest}, undefined, 2)}\n`)

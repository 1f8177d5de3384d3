import {execFileSync} from 'node:child_process'
import {mkdtempSync, realpathSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {ROOT} from '../support/apigw.js'

test('the packed tarball, installed in an empty folder, gives a working apigw', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'apigw-install-')))
  const npm = (...argv: string[]) =>
    execFileSync('npm', argv, {cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']})
  const [{filename}] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder))
  npm('install', '--global', '--prefix', folder, join(folder, filename))
  const apigw = (...argv: string[]) =>
    execFileSync(join(folder, 'bin', 'apigw'), argv, {cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']})
  expect(apigw('--version')).toMatch(/^apigw\/\d/)
  expect(apigw('keys', 'create', '--help')).toContain('--plan')
  const script = `'${join(folder, 'bin', 'apigw')}' apis create shop --output id && '${join(folder, 'bin', 'apigw')}' apis list -o csv`
  expect(apigw('sandbox', 'exec', '--', 'sh', '-c', script)).toMatch(
    /^(\w{10})\nid,name,type,created,description\n\1,shop,/,
  )
})

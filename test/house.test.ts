import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import {Config, Plugin} from '@oclif/core'
import {describe, expect, test} from 'vitest'
import {ROOT} from './support/apigw.js'

// The rules of the house (ARCHITECTURE.md), executable.

const SRC = join(ROOT, 'src')

interface Import {
  specifier: string
  kind: 'static' | 'type' | 'dynamic'
}

interface Source {
  /** Path below src, such as `domain/keys.ts`. */
  path: string
  room: string
  text: string
  imports: Import[]
}

const sources: Source[] = readdirSync(SRC, {recursive: true, encoding: 'utf8'})
  .filter(path => path.endsWith('.ts'))
  .map(path => {
    const text = readFileSync(join(SRC, path), 'utf8')
    return {path, room: path.split('/')[0] ?? '', text, imports: importsOf(text)}
  })

function importsOf(text: string): Import[] {
  const found: Import[] = []
  for (const [, type, specifier] of text.matchAll(/^(?:import|export)(\s+type)?\s[^'";]*?from\s+'([^']+)'/gm)) {
    found.push({specifier: specifier ?? '', kind: type ? 'type' : 'static'})
  }
  for (const [, specifier] of text.matchAll(/^import\s+'([^']+)'/gm)) {
    found.push({specifier: specifier ?? '', kind: 'static'})
  }
  for (const [, specifier] of text.matchAll(/\bimport\('([^']+)'\)/g)) {
    found.push({specifier: specifier ?? '', kind: 'dynamic'})
  }
  return found
}

/** Where an import leads: a room of src, `node`, or the name of a package. */
function target(source: Source, specifier: string): string {
  if (specifier.startsWith('node:')) return 'node'
  if (!specifier.startsWith('.'))
    return specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
  return relative(SRC, resolve(SRC, dirname(source.path), specifier)).split('/')[0] ?? ''
}

const isSdk = (name: string) => /^@(aws-sdk|smithy)\//.test(name)

/** What each room may import. `node` is node's own modules; the SDK has rules of its own below. */
const MAY_IMPORT: Record<string, (name: string, path: string) => boolean> = {
  domain: name => name === 'domain' || PURE_LIBRARIES.has(name),
  views: (name, path) =>
    ['domain', 'views', 'string-width', 'diff'].includes(name) ||
    (name === 'chalk' && path === 'views/paint.ts') ||
    (name === 'node' && path === 'views/table.ts'),
  aws: name => name === 'aws' || name === 'domain' || name === 'node' || isSdk(name),
  cli: name => ['cli', 'domain', 'views', 'node', '@oclif/core', ...CLI_LIBRARIES].includes(name),
  commands: (name, path) =>
    ['domain', 'aws', 'views', 'cli', '@oclif/core', 'node'].includes(name) ||
    (name === 'sandbox' && path.startsWith('commands/sandbox/')),
  sandbox: name => name === 'sandbox' || name === 'node' || isSdk(name) || SANDBOX_LIBRARIES.has(name),
}

/** Libraries that compute and do nothing else. */
const PURE_LIBRARIES = new Set(['fastest-levenshtein', 'parse-duration', 'yaml'])
const CLI_LIBRARIES = ['yaml', 'csv-stringify', '@jmespath-community/jmespath', 'inquirer', 'fastest-levenshtein']
const SANDBOX_LIBRARIES = new Set(['yaml', 'velocityjs', 'ajv', 'ajv-draft-04', 'ajv-formats'])

describe('who may import whom', () => {
  test.each(Object.keys(MAY_IMPORT))('%s keeps to its neighbours', room => {
    const strangers = sources
      .filter(source => source.room === room)
      .flatMap(source =>
        source.imports
          .filter(({specifier}) => !MAY_IMPORT[room]?.(target(source, specifier), source.path))
          .map(({specifier}) => `${source.path} imports ${specifier}`),
      )
    expect(strangers).toEqual([])
  })

  test('every folder of src is a room of the house', () => {
    expect([...new Set(sources.map(source => source.room))].sort()).toEqual(Object.keys(MAY_IMPORT).sort())
  })

  test('the SDK is loaded only when a call is about to be made', () => {
    const eager = sources
      .filter(source => source.room !== 'sandbox')
      .flatMap(source =>
        source.imports
          .filter(({specifier, kind}) => isSdk(target(source, specifier)) && kind === 'static')
          .map(({specifier}) => `${source.path} imports ${specifier}`),
      )
    expect(eager).toEqual([])
  })

  test('what only some runs need is loaded only by them', () => {
    const LAZY = ['inquirer', 'yaml', 'csv-stringify', '@jmespath-community/jmespath', 'sandbox']
    const eager = sources
      .filter(source => source.room === 'cli' || source.room === 'commands')
      .flatMap(source =>
        source.imports
          .filter(({specifier, kind}) => kind === 'static' && LAZY.includes(target(source, specifier)))
          .map(({specifier}) => `${source.path} imports ${specifier}`),
      )
    expect(eager).toEqual([])
  })

  test('commands do not import each other', () => {
    const pairs = sources
      .filter(source => source.room === 'commands')
      .flatMap(source =>
        source.imports.filter(({specifier}) => target(source, specifier) === 'commands').map(() => source.path),
      )
    expect(pairs).toEqual([])
  })

  test('there are no drawers for everything, and no barrels', () => {
    const drawers = sources.filter(({path}) => /(^|\/)(utils?|lib|shared|helpers|common|index)(\/|\.ts$)/.test(path))
    expect(drawers.map(source => source.path)).toEqual([])
  })
})

describe('the domain is pure', () => {
  test('no clock, no process, no randomness, no network of its own', () => {
    const impure = sources
      .filter(source => source.room === 'domain' || source.room === 'views')
      .filter(({text}) =>
        /\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(|\bconsole\.|\bsetTimeout\(/.test(text),
      )
    expect(impure.map(source => source.path)).toEqual([])
  })
})

describe('commands', () => {
  const commands = sources.filter(source => source.room === 'commands')

  test('stay under 60 lines', () => {
    const long = commands
      .map(({path, text}) => ({path, lines: text.split('\n').length}))
      .filter(({lines}) => lines > 60)
    expect(long).toEqual([])
  })

  test('reach neither the console nor the process', () => {
    const reaching = commands.filter(({text}) => /\bconsole\.|\bprocess\./.test(text))
    expect(reaching.map(source => source.path)).toEqual([])
  })

  test('each has a summary and an example, and each topic a description', async () => {
    const config = await Config.load(ROOT)
    const bare = config.commands.filter(command => !command.summary || !command.examples?.length)
    expect(bare.map(command => command.id)).toEqual([])
    const topics = new Set(config.commandIDs.filter(id => id.includes(':')).map(id => id.split(':')[0]))
    expect(Object.keys(config.pjson.oclif.topics ?? {}).sort()).toEqual([...topics].sort())
  })

  test('the committed manifest is the one that the build yields', async () => {
    const plugin = new Plugin({
      ignoreManifest: true,
      root: ROOT,
      respectNoCacheDefault: true,
      errorOnManifestCreate: true,
    } as never)
    await plugin.load()
    const built = JSON.parse(JSON.stringify(plugin.manifest.commands))
    const committed = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8'))
    expect(JSON.stringify(committed), 'nothing of the machine that built it').not.toContain(process.cwd())
    expect(committed.commands, 'run `npm run manifest` and commit the result').toEqual(built)
  })
})

describe('start-up', () => {
  /** Everything that a built file loads without being asked, by following static imports. */
  function loaded(file: string, seen = new Map<string, string>()): Map<string, string> {
    if (seen.has(file)) return seen
    const text = readFileSync(file, 'utf8')
    seen.set(file, text)
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) {
      loaded(resolve(dirname(file), specifier ?? ''), seen)
    }
    return seen
  }

  const HEAVY = /com\.amazonaws\.|@aws-sdk\/client-|ExitPromptError extends/

  test('neither --version, --help nor any command loads AWS or prompt code before it runs', () => {
    const dist = join(ROOT, 'dist')
    const entries = readdirSync(dist, {recursive: true, encoding: 'utf8'}).filter(path =>
      /^(cli|commands)\/.*\.js$/.test(path),
    )
    expect(entries.length).toBeGreaterThan(5)
    const heavy = entries.filter(entry => [...loaded(join(dist, entry)).values()].some(text => HEAVY.test(text)))
    expect(heavy).toEqual([])
  })
})

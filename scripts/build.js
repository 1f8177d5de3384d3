// Bundles src into dist: one entry per command, what they share in chunks, so that a command loads only what it uses.
// oclif stays outside the bundle: inlining it would swallow the TypeScript compiler that it reaches for.
import {mkdir, readdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {licencesOf} from './licences.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Every file under a folder of src, as esbuild entry points. */
async function sources(folder) {
  const entries = await readdir(join(root, folder), {recursive: true, withFileTypes: true})
  return entries.filter(e => e.isFile() && e.name.endsWith('.ts')).map(e => join(e.parentPath ?? e.path, e.name))
}

const entryPoints = [
  ...(await sources('src/commands')),
  ...['main.ts', 'help.ts', 'command-not-found.ts'].map(name => join(root, 'src/cli', name)),
]

await rm(join(root, 'dist'), {recursive: true, force: true})
await mkdir(join(root, 'dist'), {recursive: true})
const {metafile} = await build({
  absWorkingDir: root,
  metafile: true,
  entryPoints,
  outdir: join(root, 'dist'),
  outbase: join(root, 'src'),
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.17',
  mainFields: ['module', 'main'],
  external: ['@oclif/core', '@oclif/core/*'],
  // For node, yaml offers CommonJS, whose names a bundled `await import()` does not have; its other build is ES modules.
  alias: {yaml: join(root, 'node_modules/yaml/browser/index.js')},
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  // Their words are in dist/LICENCES.txt, whole.
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS packages inside an ES module bundle call require for node's own modules.
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
  },
})
await writeFile(join(root, 'dist', 'LICENCES.txt'), await licencesOf(Object.keys(metafile.inputs)))

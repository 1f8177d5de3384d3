// Gathers the licences of everything that went into the bundle: their terms want them to travel with it.
import {readdir, readFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'

/**
 * @param {Iterable<string>} inputs the files of the bundle, as esbuild's metafile names them
 * @returns {Promise<string>} each licence text once, under the packages that it is of
 */
export async function licencesOf(inputs) {
  const folders = new Set([...inputs].filter(path => path.includes('node_modules/')).map(packageFolder))
  const packages = new Map()
  for (const folder of [...folders].sort()) {
    const {title, text} = await entryOf(folder)
    packages.set(text, [...(packages.get(text) ?? []), title])
  }
  const entries = [...packages].map(([text, titles]) => `${titles.join('\n')}\n\n${text}`.trim())
  return `${entries.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

/** `../node_modules/@scope/name/dist/x.js` is in the package `../node_modules/@scope/name`. */
function packageFolder(path) {
  const cut = path.lastIndexOf('node_modules/') + 'node_modules/'.length
  const [scope, name] = path.slice(cut).split('/')
  return resolve(path.slice(0, cut), scope.startsWith('@') ? join(scope, name) : scope)
}

async function entryOf(folder) {
  const {name, version, license} = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  if (!license) throw new Error(`${name} has no licence: it must not be shipped`)
  const file = (await readdir(folder)).find(entry => /^licen[cs]e(\.|$)/i.test(entry))
  const text = file ? await readFile(join(folder, file), 'utf8') : ''
  return {title: `${name} ${version} (${license})`, text: text.trim()}
}

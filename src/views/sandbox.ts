import type {View} from './view.js'

export const sandboxView: View<{url: string; port: number; state?: string | undefined}> = {
  columns: [
    {header: 'URL', value: sandbox => sandbox.url},
    {header: 'STATE', value: sandbox => sandbox.state, text: sandbox => sandbox.state ?? 'in memory'},
  ],
  id: sandbox => String(sandbox.port),
}

interface Variable {
  name: string
  value: string
}

export const variableView: View<Variable> = {
  columns: [
    {header: 'NAME', value: variable => variable.name},
    {header: 'VALUE', value: variable => variable.value},
  ],
  id: variable => variable.name,
}

/** Lines for `eval` in a POSIX shell; `removed` are variables that must not be set. */
export function exportLines(variables: readonly Variable[], removed: readonly string[]): string {
  const lines = variables.map(({name, value}) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
  return `${lines.join('')}unset ${removed.join(' ')}\n`
}

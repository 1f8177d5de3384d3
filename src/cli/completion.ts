/** What completion needs to know of a command. */
export interface CompletedCommand {
  /** Words, such as `keys create`. */
  path: string
  summary: string
  flags: {name: string; char?: string | undefined; summary: string; options: readonly string[]; takesValue: boolean}[]
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A completion script for a shell: commands, topics, flags, and the values of flags that have a fixed set. */
export function completionScript(shell: Shell, bin: string, commands: readonly CompletedCommand[]): string {
  if (shell === 'fish') return fish(bin, commands)
  return shell === 'bash' ? bash(bin, commands) : zsh(bin, commands)
}

/** The words that may follow a path, for every path: topics and commands, or the flags of a command. */
function nextWords(commands: readonly CompletedCommand[]): Map<string, string[]> {
  const next = new Map<string, string[]>([['', []]])
  for (const {path, flags} of commands) {
    const words = path.split(' ')
    words.forEach((word, i) => {
      const before = words.slice(0, i).join(' ')
      const known = next.get(before) ?? []
      if (!known.includes(word)) known.push(word)
      next.set(before, known)
    })
    next.set(path, [...(next.get(path) ?? []), ...flags.map(flag => `--${flag.name}`)])
  }
  return next
}

/** Flags with a fixed set of values: `--output` and the like. Flags of one name have one set. */
function fixedValues(commands: readonly CompletedCommand[]): Map<string, readonly string[]> {
  const values = new Map<string, readonly string[]>()
  for (const {flags} of commands) {
    for (const {name, char, options} of flags) {
      if (options.length === 0) continue
      values.set(`--${name}`, options)
      if (char) values.set(`-${char}`, options)
    }
  }
  return values
}

/** Two shell functions that bash and zsh both understand. */
function tables(bin: string, commands: readonly CompletedCommand[]): string {
  const next = [...nextWords(commands)].map(([path, words]) => `    '${path}') echo '${words.join(' ')}' ;;`)
  const values = [...fixedValues(commands)].map(([flag, options]) => `    ${flag}) echo '${options.join(' ')}' ;;`)
  return `_${bin}_next() {
  case "$1" in
${next.join('\n')}
    *) return 1 ;;
  esac
}
_${bin}_values() {
  case "$1" in
${values.join('\n')}
    *) return 1 ;;
  esac
}
`
}

function bash(bin: string, commands: readonly CompletedCommand[]): string {
  return `${tables(bin, commands)}_${bin}() {
  local path='' word longer
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    longer="\${path:+$path }$word"
    _${bin}_next "$longer" > /dev/null && path="$longer"
  done
  local words
  words="$(_${bin}_values "\${COMP_WORDS[COMP_CWORD-1]}")" || words="$(_${bin}_next "$path")"
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _${bin} ${bin}
`
}

function zsh(bin: string, commands: readonly CompletedCommand[]): string {
  return `#compdef ${bin}
${tables(bin, commands)}_${bin}() {
  local at='' word longer found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    longer="\${at:+$at }$word"
    _${bin}_next "$longer" > /dev/null && at="$longer"
  done
  found="$(_${bin}_values "\${words[CURRENT-1]}")" || found="$(_${bin}_next "$at")"
  compadd -- \${=found} || _files
}
compdef _${bin} ${bin}
`
}

function fish(bin: string, commands: readonly CompletedCommand[]): string {
  const lines = [`complete -c ${bin} -f`]
  const seen = new Set<string>()
  for (const {path, summary, flags} of commands) {
    const words = path.split(' ')
    words.forEach((word, i) => {
      const key = words.slice(0, i + 1).join(' ')
      if (seen.has(key)) return
      seen.add(key)
      const text = i === words.length - 1 ? ` -d ${fishQuoted(summary)}` : ''
      lines.push(`complete -c ${bin} -n '__${bin}_at ${words.slice(0, i).join(' ')}' -a ${word}${text}`)
    })
    for (const flag of flags) {
      const short = flag.char ? ` -s ${flag.char}` : ''
      const values = flag.options.length > 0 ? ` -x -a '${flag.options.join(' ')}'` : flag.takesValue ? ' -r' : ''
      lines.push(
        `complete -c ${bin} -n '__${bin}_under ${path}' -l ${flag.name}${short}${values} -d ${fishQuoted(flag.summary)}`,
      )
    }
  }
  return `function __${bin}_at
  set -l words (commandline -opc | string match -v -- '-*')
  test "$words[2..-1]" = "$argv"
end
function __${bin}_under
  set -l words (commandline -opc | string match -v -- '-*')
  set -l last (math (count $argv) + 1)
  test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"
end
${lines.join('\n')}
`
}

const fishQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

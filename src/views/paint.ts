import {Chalk} from 'chalk'

/** Colours by meaning. Without colour each of them returns its text as it is. */
export interface Paint {
  /** Whether there is colour: without it what colours say is to be said in words, too. */
  hasColor: boolean
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  warn(text: string): string
  bad(text: string): string
  name(text: string): string
  /** Tells several things of a kind apart: the same number, the same colour. */
  nth(number: number, text: string): string
}

/** chalk 5 reads neither NO_COLOR nor the right stream: the caller decides and the level is set by hand. */
export function paintFor(color: boolean): Paint {
  const chalk = new Chalk({level: color ? 1 : 0})
  return {
    hasColor: color,
    bold: text => chalk.bold(text),
    dim: text => chalk.dim(text),
    good: text => chalk.green(text),
    warn: text => chalk.yellow(text),
    bad: text => chalk.red(text),
    name: text => chalk.cyan(text),
    nth: (number, text) => {
      const colours = [chalk.cyan, chalk.magenta, chalk.blue, chalk.yellow, chalk.green]
      return (colours[number % colours.length] as (text: string) => string)(text)
    },
  }
}

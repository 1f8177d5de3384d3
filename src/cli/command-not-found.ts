import type {Hook} from '@oclif/core/hooks'
import {closest, distance} from 'fastest-levenshtein'
import {Problem} from '../domain/problem.js'

/** Says which command was probably meant. oclif swallows what a hook throws unless it carries an exit code of its own. */
const hook: Hook.CommandNotFound = async ({config, id}) => {
  const typed = id.replaceAll(':', ' ')
  const known = config.commands.filter(command => !command.hidden).map(command => command.id.replaceAll(':', ' '))
  const guess = closest(typed, known)
  const isNear = distance(typed, guess) <= Math.max(2, Math.floor(guess.length / 3))
  const hint = isNear ? `Did you mean: apigw ${guess}` : 'All commands: apigw --help'
  throw Object.assign(new Problem('usage', `There is no command "${typed}".`, hint), {oclif: {exit: 2}})
}

export default hook

import stringWidth from 'string-width'
import type {Step} from '../domain/admission/step.js'
import {markdownText} from './markdown.js'
import {printable} from './text.js'
import type {Report, ReportOptions, View} from './view.js'

const stepView: View<Step> = {
  columns: [
    {header: 'STEP', value: ({step}) => step},
    {header: 'STATE', value: ({state}) => state},
    {header: 'TEXT', value: ({text}) => text},
    {header: 'COMMAND', value: ({command}) => command},
    {header: 'ANSWER', value: ({answer}) => answer},
  ],
  id: ({step}) => step,
}

/** Why a key is let in or not: ticks and crosses for people, a row for each step in a pipe. */
export const admissionReport: Report<readonly Step[], Step> = {
  text: (steps, options) => steps.map(step => stepText(step, options)).join(''),
  markdown: steps => {
    const [verdict, ...others] = steps.toReversed()
    const heading = verdict ? `### ${SIGNS[verdict.state]} ${markdownText(verdict.text)}\n\n` : ''
    return heading + others.toReversed().map(markdownStep).join('')
  },
  rows: steps => steps,
  view: stepView,
}

const SIGNS: Readonly<Record<Step['state'], string>> = {ok: '✔', no: '✘', unknown: '?', note: '·'}

/** Cells that the name of a step takes, with the gap after it. */
const LABEL = 15

function stepText(step: Step, {paint, width}: ReportOptions): string {
  const {state, command} = step
  const colour = {ok: paint.good, no: paint.bad, unknown: paint.warn, note: paint.dim}[state]
  const sign = colour(`${SIGNS[state]}${paint.hasColor ? '' : ` ${state.padEnd('unknown'.length)}`}`)
  const isVerdict = step.step === 'verdict'
  const label = isVerdict ? '' : paint.dim(step.step.padEnd(LABEL))
  const indent = (paint.hasColor ? 2 : 10) + (isVerdict ? 0 : LABEL)
  const lines = wrapped(printable(step.text), width - indent)
  const [first = '', ...others] = isVerdict ? lines.map(paint.bold) : lines
  const below = [...others, ...(command === undefined ? [] : [paint.name(printable(command))])]
  const text = [`${sign} ${label}${first}`, ...below.map(line => `${' '.repeat(indent)}${line}`)]
  return `${isVerdict ? '\n' : ''}${text.join('\n')}\n`
}

/** Narrower than this, text is left to the terminal. */
const NARROWEST = 30

/** A sentence in lines of a width, broken between words. */
function wrapped(text: string, width: number): string[] {
  if (width < NARROWEST) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && stringWidth(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function markdownStep({state, step, text, command}: Step): string {
  const line = `- ${SIGNS[state]} ${state} **${step}**: ${markdownText(text)}`
  return command === undefined ? `${line}\n` : `${line} \`${printable(command)}\`\n`
}

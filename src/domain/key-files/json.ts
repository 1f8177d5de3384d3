import {countLineBreaks} from './csv.js'

/** A record of a JSON file. */
export interface JsonRecord {
  /** The line on which it begins, from 1. */
  line: number
  value?: unknown
  /** Why it has no value. It never quotes the file: that may hold values of keys. */
  fault?: string
}

/** One JSON value a line; blank lines are none. */
export function* readNdjson(text: string): Generator<JsonRecord> {
  for (const [i, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (line.trim() !== '') yield parsed(i + 1, line)
  }
}

/** How what `aws apigateway get-api-keys` prints begins. */
export const AWS_CLI_LIST = /^\s*\{\s*"items"\s*:\s*(?=\[)/

/**
 * The elements of a JSON array, or of the list that the AWS CLI prints. JSON.parse would not say on which line an element
 * is, and would take none of them where one is broken.
 */
export function* readJson(text: string): Generator<JsonRecord> {
  const list = AWS_CLI_LIST.exec(text)?.[0]
  const open = list?.length ?? afterWhite(text, 0)
  let line = 1 + countLineBreaks(text.slice(0, open))
  if (text[open] !== '[') return yield {line, fault: 'This is no JSON array.'}
  let at = open
  let counted = open
  let isFirst = true
  for (;;) {
    const start = afterWhite(text, at + 1)
    line += countLineBreaks(text.slice(counted, start))
    counted = start
    const end = elementEnd(text, start)
    if (!(isFirst && text[start] === ']')) yield parsed(line, text.slice(start, end))
    if (text[end] !== ',') {
      const fault = faultOfEnd(text, end, list !== undefined)
      if (fault) yield {line: line + countLineBreaks(text.slice(counted, end)), fault}
      return
    }
    isFirst = false
    at = end
  }
}

/** Where the comma or the bracket after an element is; the end of the text where there is none. */
function elementEnd(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = closingQuote(text, at)
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') {
      if (depth === 0) return at
      depth--
    } else if (character === ',' && depth === 0) return at
  }
  return text.length
}

/** What is wrong after the last element. More than the closing brackets may be a page of a longer list. */
function faultOfEnd(text: string, end: number, isOfAwsCli: boolean): string | undefined {
  if (text[end] !== ']') return 'The array is never closed.'
  const rest = text.slice(end + 1).trim()
  if (rest === (isOfAwsCli ? '}' : '')) return undefined
  if (/^,\s*"(position|NextToken)"/.test(rest)) return 'This is only the first page of a list: there are more keys.'
  return 'There is more after the end of the array.'
}

function afterWhite(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] as string)) at++
  return at
}

/** The end of the text where there is none. */
function closingQuote(text: string, open: number): number {
  let at = open + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

function parsed(line: number, text: string): JsonRecord {
  try {
    return {line, value: JSON.parse(text)}
  } catch (error) {
    const place = /at position (\d+)/.exec((error as Error).message)?.[1]
    const where = place === undefined ? '' : ` (character ${Number(place) + 1} of the record)`
    return {line, fault: `This is not JSON${where}.`}
  }
}

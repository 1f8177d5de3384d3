import {Writable} from 'node:stream'
import {stripVTControlCharacters} from 'node:util'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {ProgressBar} from '../../src/cli/progress.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function barOn({
  isTTY = true,
  columns = 80,
  env = {},
}: {
  isTTY?: boolean
  columns?: number
  env?: NodeJS.ProcessEnv
} = {}) {
  let written = ''
  const stream = new Writable({
    decodeStrings: false,
    write(text, _encoding, done) {
      written += text
      done()
    },
  })
  const stderr = Object.assign(stream, {isTTY, columns})
  return {
    bar: new ProgressBar({stderr, env}),
    written: () => written,
    /** What a person sees on the last line of the terminal. */
    line: () => stripVTControlCharacters(written.split('\r').at(-1) ?? ''),
  }
}

test('says what is done and how far it is, and is gone without a trace at the end', () => {
  const {bar, line} = barOn()
  const step = bar.begin('reading petstore')
  step.at(150, {unit: 'resources', total: 600, isRough: true})
  vi.advanceTimersByTime(1_000)
  expect(line()).toBe('reading petstore: [#####---------------] 150 of ~600 resources')
  step.at(900, {unit: 'resources', total: 600})
  vi.advanceTimersByTime(100)
  expect(line()).toBe('reading petstore: [####################] 900 of 600 resources')
  step.end()
  expect(line()).toBe('')
  vi.advanceTimersByTime(10_000)
  expect(line()).toBe('')
})

test('of what takes long it says how fast it goes and how long it still takes', () => {
  const {bar, line} = barOn()
  const step = bar.begin('deleting API keys')
  step.at(0, {unit: 'done', total: 10_000})
  vi.advanceTimersByTime(1_000)
  expect(line()).toBe('deleting API keys: [--------------------] 0 of 10000 done')
  vi.advanceTimersByTime(9_000)
  step.at(50, {unit: 'done', total: 10_000})
  vi.advanceTimersByTime(100)
  expect(line()).toBe('deleting API keys: [--------------------] 50 of 10000 done, 5/s, 34 min left')
  step.at(10_000, {unit: 'done', total: 10_000})
  vi.advanceTimersByTime(100)
  expect(line()).toBe('deleting API keys: [####################] 10000 of 10000 done')
})

test('the pace is that of the step, not of what came before', () => {
  const {bar, line} = barOn()
  bar.begin('making ready')
  vi.advanceTimersByTime(60_000)
  bar.begin('attaching API keys').at(100, {unit: 'done', total: 1_000})
  vi.advanceTimersByTime(10_000)
  expect(line()).toContain('100 of 1000 done, 10/s, 2 min left')
})

test('where nobody knows how long it takes something moves', () => {
  const {bar, line} = barOn()
  bar.begin('importing petstore.yaml')
  vi.advanceTimersByTime(1_000)
  const before = line()
  expect(before).toMatch(/^importing petstore\.yaml: \[-*###-*\]$/)
  vi.advanceTimersByTime(100)
  expect(line()).toMatch(/^importing petstore\.yaml: \[-*###-*\]$/)
  expect(line()).not.toBe(before)
})

test('what is over at once shows nothing', () => {
  const {bar, written} = barOn()
  const step = bar.begin('reading petstore')
  vi.advanceTimersByTime(200)
  step.end()
  vi.advanceTimersByTime(10_000)
  expect(written()).toBe('')
})

test.each([
  ['in a pipe', {isTTY: false}],
  ['on a terminal that cannot erase a line', {env: {TERM: 'dumb'}}],
  ['in CI', {env: {CI: 'true'}}],
])('shows nothing %s', (_where, options) => {
  const {bar, written} = barOn(options)
  bar.begin('reading petstore').at(1, {unit: 'resources'})
  vi.advanceTimersByTime(10_000)
  expect(written()).toBe('')
  expect(vi.getTimerCount()).toBe(0)
})

test('makes room for what is written, and comes back while there is more to do', () => {
  const {bar, line} = barOn()
  const step = bar.begin('importing')
  vi.advanceTimersByTime(1_000)
  bar.erase()
  expect(line()).toBe('')
  vi.advanceTimersByTime(100)
  expect(line()).toContain('importing')
  bar.stop()
  expect(line()).toBe('')
  vi.advanceTimersByTime(1_000)
  step.end()
  expect(line()).toBe('')
})

test('of steps within each other the innermost is shown', () => {
  const {bar, line} = barOn()
  const outer = bar.begin('making a backup')
  const inner = bar.begin('reading resources')
  vi.advanceTimersByTime(1_000)
  expect(line()).toContain('reading resources')
  inner.end()
  vi.advanceTimersByTime(100)
  expect(line()).toContain('making a backup')
  outer.end()
})

test('never wraps, and obeys no control characters of a name', () => {
  const {bar, line, written} = barOn({columns: 40})
  bar.begin(`reading ${'x'.repeat(100)}`)
  vi.advanceTimersByTime(1_000)
  expect(line()).toHaveLength(39)
  bar.begin('reading \u001b]0;owned\u0007')
  vi.advanceTimersByTime(1_000)
  expect(line()).toContain('\\x1b]0;owned\\x07')
  expect(written()).not.toContain('\u0007')
})

import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished} from 'vitest'
import type {Fault, FaultCall, Sandbox, SandboxOptions} from '../../src/sandbox/server.js'
import {BINARY, cleanEnvironment} from './binary.js'

/**
 * Where the program is killed: as its n-th call reaches the service, or when the service has carried that call out and
 * the program has not heard of it.
 */
export interface Stroke {
  call: number
  when: 'before' | 'after'
}

export interface KilledRun {
  /** 137 where it was killed. */
  exitCode: number
  stderr: string
  stdout: string
  /** The operations that it called, in the order in which they arrived. */
  calls: string[]
}

/** A sandbox that can kill the program with SIGKILL at any of its calls; give `fault` to it. */
export class Executioner {
  #child: ChildProcess | undefined
  #stroke: Stroke | undefined
  #calls: string[] = []

  readonly fault = ({operation}: FaultCall): Fault | undefined => {
    if (!this.#child) return undefined
    this.#calls.push(operation)
    const {call, when} = this.#stroke ?? {call: Number.POSITIVE_INFINITY, when: 'before'}
    if (this.#calls.length < call) return undefined
    // What was on its way beside that call does not arrive any more.
    if (this.#calls.length > call) return {kind: 'reset'}
    this.#child.kill('SIGKILL')
    return {kind: when === 'before' ? 'reset' : 'lost'}
  }

  /** Runs the built program in a process of its own. */
  async run(argv: readonly string[], on: Sandbox, stroke?: Stroke): Promise<KilledRun> {
    this.#stroke = stroke
    this.#calls = []
    const cwd = mkdtempSync(join(tmpdir(), 'apigw-cwd-'))
    const child = spawn(process.execPath, [BINARY, ...argv], {
      env: cleanEnvironment(on),
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    onTestFinished(() => void child.kill('SIGKILL'))
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : -1)))
    })
    this.#child = undefined
    return {exitCode, stdout, stderr, calls: this.#calls}
  }
}

/** A command that must be safe to kill, and what is to hold of the world then. */
export interface CrashCase<World extends {sandbox: Sandbox}> {
  argv: (world: World) => readonly string[]
  /** The same world each time, on a sandbox with these options. */
  world: (options: SandboxOptions) => Promise<World>
  /** Whatever happened: throws where the world is neither as before nor as after. @param told says where it was killed */
  whole: (world: World, told: string) => Promise<void>
  /** Exit codes that the second run may end with, besides 0. */
  mayEnd?: readonly number[]
  /** After the command has run again, to its end. */
  finished: (world: World, again: KilledRun, told: string) => Promise<void>
}

/** Operations that change nothing. */
const READING = /^(Get|List|Describe|Filter)/

/**
 * Kills a command between its calls, each time in a new world: before and after every call that changes something, and
 * at the first and the last. Each time the world must be whole, and a second run must end well. Between two calls that
 * only read the world is as it was before the first of them, so all places between two calls are covered.
 * @returns the calls of an undisturbed run
 */
export async function killEverywhere<World extends {sandbox: Sandbox}>(crash: CrashCase<World>): Promise<string[]> {
  const attempt = async (stroke?: Stroke) => {
    const executioner = new Executioner()
    const world = await crash.world({fault: executioner.fault})
    const argv = crash.argv(world)
    return {world, executioner, argv, first: await executioner.run(argv, world.sandbox, stroke)}
  }
  const clean = await attempt()
  expect(clean.first.exitCode, clean.first.stderr).toBe(0)
  await crash.whole(clean.world, 'not killed')
  const {calls} = clean.first
  const strokes = calls.flatMap((operation, i): Stroke[] => {
    const isFirstOrLast = i === 0 || i === calls.length - 1
    if (READING.test(operation)) return isFirstOrLast ? [{call: i + 1, when: 'before'}] : []
    return [
      {call: i + 1, when: 'before'},
      {call: i + 1, when: 'after'},
    ]
  })
  await inTurns(2, strokes, async stroke => {
    const {world, executioner, argv, first} = await attempt(stroke)
    const told = `killed ${stroke.when} call ${stroke.call}, ${first.calls[stroke.call - 1]}`
    expect(first.exitCode, `${told}\n${first.stderr}`).toBe(137)
    await crash.whole(world, told)
    const again = await executioner.run(argv, world.sandbox)
    expect([0, ...(crash.mayEnd ?? [])], `${told}, then run again:\n${again.stderr}`).toContain(again.exitCode)
    await crash.whole(world, `${told}, then run again`)
    await crash.finished(world, again, told)
  })
  return calls
}

/** Several at a time. */
async function inTurns<Item>(width: number, items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items]
  const turn = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await run(item)
  }
  await Promise.all(Array.from({length: width}, turn))
}

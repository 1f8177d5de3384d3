import {describe, expect, test} from 'vitest'
import {
  type Loan,
  type LoanStore,
  leftBehind,
  planRestore,
  type Restored,
  restorationOf,
  restore,
  whileLent,
} from '../../../src/domain/logs/loan.js'
import type {LogChanges} from '../../../src/domain/logs/settings.js'
import type {LoggedStage, LoggedStageStores, LogSetting} from '../../../src/domain/logs/stages.js'
import {interrupted, Problem} from '../../../src/domain/problem.js'
import type {Stage} from '../../../src/domain/stages.js'
import {FakeClock} from '../../support/session.js'

const OFF: LogSetting = {level: 'OFF', dataTrace: false}
const ERROR: LogSetting = {level: 'ERROR', dataTrace: false}
const INFO: LogSetting = {level: 'INFO', dataTrace: false}
const FULL: LogSetting = {level: 'INFO', dataTrace: true}

const START = Date.UTC(2026, 0, 1)

const loanOf = (loan: Partial<Loan> = {}): Loan => ({
  kind: 'REST',
  apiId: 'a1',
  api: 'petstore',
  stage: 'prod',
  region: 'us-east-1',
  until: new Date(START + 1_800_000),
  settings: [{method: '*', before: OFF, set: FULL}],
  ...loan,
})

const stageWith = (setting: LogSetting, more: Partial<LoggedStage> = {}): LoggedStage => ({
  kind: 'REST',
  apiId: 'a1',
  api: 'petstore',
  stage: 'prod',
  setting,
  overrides: [],
  ...more,
})

describe('what is put back', () => {
  test('what was set and is still so', () => {
    expect(restorationOf(loanOf(), stageWith(FULL))).toMatchObject({
      changes: {settings: [{method: '*', setting: OFF}]},
      restored: ['execution log, all methods: INFO with data trace → OFF'],
      left: [],
    })
  })

  test('nothing of what somebody else has set since', () => {
    expect(restorationOf(loanOf(), stageWith(ERROR))).toMatchObject({
      changes: {},
      restored: [],
      left: ['execution log, all methods: ERROR'],
    })
  })

  test('nothing where all is as before already, or where the stage is gone', () => {
    for (const stage of [stageWith(OFF), undefined]) {
      expect(restorationOf(loanOf(), stage)).toMatchObject({changes: {}, restored: [], left: []})
    }
  })

  test('a method that had nothing of its own has nothing of its own again', () => {
    const loan = loanOf({settings: [{method: 'GET /pets', set: FULL}]})
    const own = stageWith(ERROR, {overrides: [{method: 'GET /pets', ...FULL}]})
    expect(restorationOf(loan, own).changes).toEqual({settings: [{method: 'GET /pets', setting: undefined}]})
    expect(restorationOf(loan, stageWith(ERROR)).changes).toEqual({})
  })

  test('an access log that was there, or none', () => {
    const set = {arn: 'arn:new', format: 'f'}
    const before = {arn: 'arn:old', format: 'g'}
    const now = stageWith(OFF, {accessLogArn: 'arn:new', accessLogFormat: 'f'})
    expect(restorationOf(loanOf({settings: [], accessLog: {set}}), now).changes).toEqual({accessLog: 'none'})
    expect(restorationOf(loanOf({settings: [], accessLog: {before, set}}), now).changes).toEqual({accessLog: before})
    const theirs = {...now, accessLogFormat: 'theirs'}
    expect(restorationOf(loanOf({settings: [], accessLog: {before, set}}), theirs)).toMatchObject({
      changes: {},
      left: ['access log: arn:new'],
    })
  })

  test('of two settings the one that is still so, when the other is not', () => {
    const loan = loanOf({
      settings: [
        {method: '*', before: OFF, set: INFO},
        {method: 'GET /pets', before: OFF, set: FULL},
      ],
    })
    const now = stageWith(INFO, {overrides: [{method: 'GET /pets', ...ERROR}]})
    expect(restorationOf(loan, now)).toMatchObject({
      changes: {settings: [{method: '*', setting: OFF}]},
      left: ['execution log, GET /pets: ERROR'],
    })
  })
})

/** Notes and stages by name, and everything that was done. */
function world(loans: Loan[], stages: Record<string, LogSetting | Problem>) {
  const done: string[] = []
  const kept = [...loans]
  const store: LoanStore = {
    list: async () => kept,
    add: async loan => void kept.push(loan),
    remove: async loan => void kept.splice(kept.indexOf(loan), 1),
  }
  const found = {
    async list() {
      return Object.entries(stages).map(([name, setting]) => {
        if (setting instanceof Problem) throw setting
        return {name, methodSettings: [{method: '*', loggingLevel: setting.level, dataTrace: setting.dataTrace}]}
      }) as unknown as Stage[]
    },
  }
  const ports = {
    stages: found as LoggedStageStores['stages'],
    v2Apis: {} as LoggedStageStores['v2Apis'],
    loans: store,
    switch: {
      async change(stage: LoggedStage, {settings = []}: LogChanges) {
        for (const {method, setting} of settings) done.push(`${stage.stage} ${method} ${setting?.level}`)
        return stage
      },
    },
  }
  return {ports, done, kept}
}

describe('undoing what was left behind', () => {
  test('strikes out the note once the stage was set back', async () => {
    const {ports, done, kept} = world([loanOf()], {prod: FULL})
    await restore(ports, loanOf())
    expect({done, kept}).toEqual({done: ['prod * OFF'], kept: []})
  })

  test('of a stage that is gone only strikes out the note', async () => {
    const {ports, done, kept} = world([loanOf()], {})
    await restore(ports, loanOf())
    expect({done, kept}).toEqual({done: [], kept: []})
  })

  test('keeps the note of a stage that cannot be looked at', async () => {
    const {ports, kept} = world([loanOf()], {prod: new Problem('denied', 'not authorized')})
    await expect(restore(ports, loanOf())).rejects.toMatchObject({kind: 'denied'})
    expect(kept).toHaveLength(1)
  })

  test('goes on past a stage that cannot be set back, and says which', async () => {
    const loans = [loanOf({stage: 'prod'}), loanOf({stage: 'beta'})]
    const {ports, done, kept} = world(loans, {prod: FULL, beta: FULL})
    const {change} = ports.switch
    ports.switch.change = async (stage, changes) => {
      if (stage.stage === 'prod') throw new Problem('failed', 'no')
      return change(stage, changes)
    }
    const plan = await planRestore(ports, loans)
    expect(plan.changes).toHaveLength(2)
    const {failed} = await plan.apply()
    expect(failed.map(({name}) => name)).toEqual(['petstore/prod'])
    expect(done).toEqual(['beta * OFF'])
    expect(kept.map(({stage}) => stage)).toEqual(['prod'])
  })
})

describe('while something is set for a while', () => {
  function run(work: (lend: () => void) => Promise<void>, undo = async () => RESTORED, signal = never) {
    let lent: Loan | undefined
    const clock = new FakeClock(START)
    const notices: string[] = []
    const watch = {clock, signal, notice: (text: string) => notices.push(text)}
    const lend = () => {
      lent = loanOf()
    }
    const ended = whileLent(
      () => work(lend),
      () => lent,
      undo,
      watch,
    )
    return {ended, clock, notices}
  }
  const never = new AbortController().signal
  const RESTORED: Restored = {api: 'petstore', apiId: 'a1', stage: 'prod', restored: ['was put back'], left: []}

  test('it is undone when the time is over, looking at the clock often enough for a machine that slept', async () => {
    const {ended, clock, notices} = run(async lend => lend())
    await ended
    expect(clock.now()).toBe(START + 1_800_000)
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(10_000)
    expect(notices).toEqual(['This is so for 30 min. Ctrl-C ends it earlier.', 'stage prod of petstore: was put back'])
  })

  test('where nothing was set, nothing is waited for or undone', async () => {
    const {ended, clock, notices} = run(async () => {})
    await ended
    expect({slept: clock.slept, notices}).toEqual({slept: [], notices: []})
  })

  test('it is undone when the wait is interrupted, and when the work was after it had lent', async () => {
    const stopped = new AbortController()
    stopped.abort(interrupted())
    const waiting = run(async lend => lend(), undefined, stopped.signal)
    await expect(waiting.ended).rejects.toMatchObject({kind: 'interrupted'})
    expect(waiting.notices.at(-1)).toContain('was put back')
    const failing = run(async lend => {
      lend()
      throw new Problem('unreachable', 'The connection was lost.')
    })
    await expect(failing.ended).rejects.toMatchObject({kind: 'unreachable'})
    expect(failing.notices).toEqual([expect.stringContaining('was put back')])
  })

  test('what cannot be undone is told with the command that does, and with what went wrong before', async () => {
    const undo = async () => {
      throw new Problem('denied', 'not authorized')
    }
    const {ended} = run(async lend => {
      lend()
      throw new Problem('unreachable', 'The connection was lost.')
    }, undo)
    await expect(ended).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringMatching(
        /^The connection was lost\.\nWhat stage prod of petstore logs could not be set back/,
      ),
      hint: 'What is left to do: apigw logs disable --restore --api a1 --stage prod',
    })
  })
})

test('of what is left behind only what is of this place, and whose time is over, is told', () => {
  const place = {region: 'us-east-1'}
  const loans = [loanOf(), loanOf({region: 'eu-west-1'}), loanOf({endpointUrl: 'http://127.0.0.1:1'})]
  expect(leftBehind(loans, place, {}, START)).toEqual([])
  expect(leftBehind(loans, place, {}, START + 1_800_001)).toEqual([
    expect.stringContaining('Undo it: apigw logs disable --restore --api a1 --stage prod'),
  ])
  expect(leftBehind(loans, place, {stage: 'beta'}, START + 1_800_001)).toEqual([])
})

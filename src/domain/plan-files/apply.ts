import {collect} from '../apis.js'
import {duration} from '../duration.js'
import {putOnPlan, takeOffPlan} from '../issuing.js'
import {limitsOf, type Quota, quotaText, type Throttle} from '../limits.js'
import {methodName} from '../method-limits.js'
import type {Change, Plan} from '../plan.js'
import {missingStages, type StageRef, stageKey} from '../plan-stages.js'
import {listed, type PlanChange, type PlanStore, type UsagePlan} from '../plans.js'
import {isMissing, Problem} from '../problem.js'
import {isFollowedBy} from '../rotations/marks.js'
import type {Progress} from '../session.js'
import {isReserved, type TagChange, tagChangeFor} from '../tags.js'
import {findGoals, type Goal, type GoalStage, type PlanFileStores} from './account.js'
import type {PlanFile} from './file.js'
import {type Finding, problemOf, shown} from './findings.js'

/** What has to be done so that the plans of an account are as a file has them. */
export interface PlanFileChanges extends Plan<Change[]> {
  /** What is to be agreed to, where something is taken away; with the number to be typed where plans are deleted. */
  question: {message: string; count?: string} | undefined
  /** Names of plans that the file does not have and that stay. */
  leftAlone: string[]
  /** Keys that stay on a plan until their grace ends, because the file has the key in their place. */
  going: {name: string; plan: string}[]
  /** Milliseconds that the service makes it take at least. */
  atLeast: number
  /** How many calls of UpdateUsagePlan it takes. */
  updates: number
  apply(progress?: Pick<Progress, 'at'>): Promise<Change[]>
}

/** Milliseconds between two calls of UpdateUsagePlan. Source: API Gateway quotas (April 2026), 1 in 20 seconds. */
const UPDATE_INTERVAL = 20_000

/**
 * Finds out what has to be done so that the usage plans of an account are as a file has them.
 * @throws Problem that names everything in the file that cannot be, before anything is changed
 */
export async function planFileChanges(
  stores: PlanFileStores,
  file: PlanFile,
  {prune}: {prune: boolean},
): Promise<PlanFileChanges> {
  const {goals, others, findings, successors, stageName} = await findGoals(stores, file)
  const subjects = [
    ...goals.map(goal => subjectOf(goal)),
    ...others.map(plan => subjectOf({name: plan.name, existing: plan}, prune ? 'goes' : 'stays')),
  ]
  await readKeys(stores.plans, subjects, successors)
  const going = subjects.flatMap(({goal, name: plan, goalKeys}) => {
    const said = new Set(goal?.keys?.map(({id}) => id))
    return said.size > 0 ? [...goalKeys].filter(([id]) => !said.has(id)).map(([, name]) => ({name, plan})) : []
  })
  const conflicts = conflictsOf(subjects, stageName)
  if (findings.length + conflicts.length > 0) throw problemOf(file.name, [...findings, ...conflicts])
  const steps = new Ordering(stores.plans, subjects, stageName).steps
  const changes = steps.flatMap(step => step.changes)
  const updates = steps.filter(({isUpdate}) => isUpdate).length
  return {
    changes,
    question: questionOf(file.name, steps),
    leftAlone: prune ? [] : others.map(({name}) => name),
    going,
    updates,
    atLeast: Math.max(0, updates - 1) * UPDATE_INTERVAL,
    apply: async progress => {
      await take(steps, progress)
      return changes
    },
  }
}

/** How long it will take and what stays, for people. */
export function changeRemarks(plan: PlanFileChanges, file: string, isPaced: boolean): string[] {
  const {updates, atLeast, leftAlone, going} = plan
  const time = `${updates} calls of UpdateUsagePlan, one in 20 seconds: this takes about ${duration(atLeast)}.`
  const stays = leftAlone.length === 1 ? 'stays as it is' : 'stay as they are'
  return [
    ...(isPaced && atLeast > 0 ? [time] : []),
    ...(going.length > 0 ? [`${goingText(going)} until the grace ends: apigw keys rotate --finish`] : []),
    ...(leftAlone.length > 0 ? [`Not in ${file}, and ${stays}: ${listed(leftAlone)}`] : []),
  ]
}

function goingText(going: PlanFileChanges['going']): string {
  const names = listed(going.map(({name, plan}) => `${name} on ${plan}`))
  return going.length === 1 ? `A replaced key stays, ${names},` : `Replaced keys stay, ${names},`
}

/** A plan that the file is about, or that stands beside those. */
interface Subject {
  name: string
  /** Undefined until it is created. */
  id: string | undefined
  existing: UsagePlan | undefined
  /** Undefined for a plan that the file does not have. */
  goal: Goal | undefined
  fate: 'wanted' | 'stays' | 'goes'
  /** Keys of the stages that it is on now, and shall be. */
  stages: Set<string>
  goalStages: Set<string>
  /** Keys that are on it now, and shall be: names by id. Not read where it does not matter who is on it. */
  keys: Map<string, string>
  goalKeys: Map<string, string>
}

function subjectOf(goal: Goal | Pick<Goal, 'name' | 'existing'>, fate: Subject['fate'] = 'wanted'): Subject {
  const {name, existing} = goal
  const stages = new Set(existing?.apiStages.map(stageKey))
  const wanted = 'tags' in goal ? goal : undefined
  const goalStages = wanted?.stages && new Set(wanted.stages.map(stageKey))
  return {
    name,
    id: existing?.id,
    existing,
    goal: wanted,
    fate,
    stages,
    goalStages: fate === 'goes' ? new Set() : (goalStages ?? new Set(stages)),
    keys: new Map(),
    goalKeys: new Map(wanted?.keys?.map(({id, name}) => [id, name])),
  }
}

/** Reads who is on the plans: those whose keys the file has, those that go, and those that a key could not be on besides. */
async function readKeys(
  plans: PlanStore,
  subjects: readonly Subject[],
  successors: ReadonlyMap<string, string>,
): Promise<void> {
  const read = new Set<Subject>()
  const readOf = async (subject: Subject) => {
    if (read.has(subject)) return
    read.add(subject)
    const onPlan = subject.existing ? await collect(plans.keys(subject.existing.id)) : []
    subject.keys = new Map(onPlan.map(({id, name}) => [id, name ?? id]))
    const isLeftAlone = subject.fate !== 'goes' && subject.goal?.keys === undefined
    if (isLeftAlone) subject.goalKeys = new Map(subject.keys)
    // Whoever uses a replaced key shall get in until its grace ends, as long as the key in its place does.
    const going = [...subject.keys].filter(([id]) => isFollowedBy(subject.goalKeys, id, successors))
    subject.goalKeys = new Map([...subject.goalKeys, ...going])
  }
  for (const subject of subjects) if (subject.goal?.keys || subject.fate === 'goes') await readOf(subject)
  const gaining = subjects.filter(
    ({stages, goalStages, keys, goalKeys}) => isMore(goalStages, stages) || isMore(goalKeys, keys),
  )
  for (const one of gaining) {
    for (const other of subjects) {
      const all = [...other.stages, ...other.goalStages]
      if (other !== one && all.some(stage => one.goalStages.has(stage))) {
        await readOf(one)
        await readOf(other)
      }
    }
  }
}

const isMore = (wanted: Set<string> | Map<string, unknown>, has: Set<string> | Map<string, unknown>) =>
  [...wanted.keys()].some(each => !has.has(each))

/** Keys that would be on two plans with one stage, which the service refuses. */
function conflictsOf(subjects: readonly Subject[], stageName: (stage: StageRef) => string): Finding[] {
  const findings: Finding[] = []
  const wanted = subjects.filter(({fate}) => fate !== 'goes')
  for (const [i, one] of wanted.entries()) {
    for (const other of wanted.slice(i + 1)) {
      const shared = [...one.goalStages].find(stage => other.goalStages.has(stage))
      if (shared === undefined) continue
      for (const [id, name] of one.goalKeys) {
        if (!other.goalKeys.has(id)) continue
        // The one that brings it about is told of: a plan that gains the key, or else the stage.
        const isNew = ({keys}: Subject) => !keys.has(id)
        const [culprit, rival] = isNew(other) || !isNew(one) ? [other, one] : [one, other]
        const [blamed, beside] = culprit.goal ? [culprit, rival] : [rival, culprit]
        const at = blamed.goal?.keys?.find(key => key.id === id) ?? stageAt(blamed.goal, shared) ?? blamed.goal
        const stage = stageName(refOf(shared))
        const text = `API key ${shown(name)} would be on ${shown(one.name)} and on ${shown(other.name)}, which both have ${stage}: a key can be on only one of them`
        findings.push({place: at?.place ?? beside.goal?.place ?? {line: 1, column: 1}, kind: 'conflict', text})
      }
    }
  }
  return findings
}

const stageAt = (goal: Goal | undefined, key: string): GoalStage | undefined =>
  goal?.stages?.find(stage => stageKey(stage) === key)

/** The reverse of `stageKey`: neither part has a colon. */
function refOf(key: string): StageRef {
  const cut = key.indexOf(':')
  return {apiId: key.slice(0, cut), stage: key.slice(cut + 1)}
}

/** One call, or few that belong together, and what it changes. */
interface Step {
  changes: Change[]
  /** Those of the changes that take something away. */
  takes: Change[]
  isUpdate: boolean
  run(): Promise<void>
}

/**
 * Puts the calls into an order in which the service takes each: a key can never be on two plans with one stage. New
 * plans come first, then what changes about plans, each in one call, then keys, each taken off just before it is put on
 * elsewhere, so that it is shut out as short as can be; plans that go come last.
 */
class Ordering {
  readonly steps: Step[] = []

  constructor(
    private readonly plans: PlanStore,
    private readonly subjects: readonly Subject[],
    private readonly stageName: (stage: StageRef) => string,
  ) {
    for (const subject of subjects) if (subject.goal && !subject.existing) this.#create(subject, subject.goal)
    this.#updateAll()
    this.#moveKeys()
    for (const subject of subjects) if (subject.fate === 'goes') this.#delete(subject)
  }

  #create(subject: Subject, goal: Goal): void {
    const {name, description, throttle, quota, productCode, tags} = goal
    const apiStages = (goal.stages ?? []).map(({apiId, stage, throttle}) => ({apiId, stage, throttle}))
    const detail = [
      ...limitsOf(goal),
      ...(quota?.offset ? [`offset ${quota.offset}`] : []),
      ...apiStages.map(stage => [this.stageName(stage), ...methodTexts(stage.throttle)].join(' with ')),
      ...Object.entries(tags).map(([tag, value]) => `tag ${tag}=${value}`),
    ].join(', ')
    const change: Change = {action: 'create', kind: 'usage plan', name, detail}
    this.#step([change], [], async () => {
      subject.id = (await this.plans.create({name, description, throttle, quota, apiStages, tags})).id
    })
    subject.stages = new Set(subject.goalStages)
    // CreateUsagePlan takes no product code.
    if (productCode !== undefined)
      this.#update(subject, {change: {productCode}, details: [`productCode none → ${quotedOrNone(productCode)}`]})
  }

  /** In turns, each as soon as no stage that a plan gains is on a rival any more. */
  #updateAll(): void {
    const pending = new Map<Subject, Update>()
    for (const subject of this.subjects) {
      const {goal, existing} = subject
      if (!goal || !existing) continue
      const update = this.#updateOf(goal, existing)
      if (
        update.details.length + (update.change.addStages?.length ?? 0) + (update.change.removeStages?.length ?? 0) >
        0
      )
        pending.set(subject, update)
      else this.#retag(subject, goal, existing)
    }
    while (pending.size > 0) {
      const free = [...pending.keys()].find(subject => this.#makesWay(subject))
      if (free) {
        const update = pending.get(free)!
        pending.delete(free)
        this.#update(free, update)
        this.#retag(free, free.goal!, free.existing!)
      } else this.#breakCycle(pending)
    }
  }

  /** Whether a plan may gain its stages now. Keys that are to go off a plan anyway and stand in the way go off at once. */
  #makesWay(subject: Subject): boolean {
    for (const {key, other} of this.#rivals(subject)) {
      if (!subject.goalKeys.has(key)) this.#detach(key, subject)
      else if (!other.goalKeys.has(key)) this.#detach(key, other)
    }
    return this.#rivals(subject).length === 0
  }

  /** Plans that have a stage which this one is to gain, and a key of it. */
  #rivals(subject: Subject): {key: string; other: Subject}[] {
    const gained = [...subject.goalStages].filter(stage => !subject.stages.has(stage))
    return this.subjects
      .filter(other => other !== subject && gained.some(stage => other.stages.has(stage)))
      .flatMap(other => [...subject.keys.keys()].filter(key => other.keys.has(key)).map(key => ({key, other})))
  }

  /** Plans that take a stage from each other in a ring: one of them first only loses what it is to lose. */
  #breakCycle(pending: Map<Subject, Update>): void {
    const [subject] = pending.keys()
    const other = this.#rivals(subject!)[0]!.other
    const {change, ...rest} = pending.get(other)!
    const {removeStages, ...left} = change
    this.#update(other, {change: {removeStages: removeStages ?? []}, details: []})
    pending.set(other, {change: left, ...rest})
  }

  #updateOf({stages, ...goal}: Goal, plan: UsagePlan): Update {
    const {description = '', productCode} = goal
    const fields: [keyof PlanChange, unknown, string | undefined][] = [
      ['description', description, field('description', quotedOrNone(plan.description), quotedOrNone(description))],
      ['throttle', goal.throttle ?? null, throttleText(plan.throttle, goal.throttle)],
      ['quota', goal.quota ?? null, quotaTexts(plan.quota, goal.quota)],
      [
        'productCode',
        productCode ?? null,
        field('productCode', quotedOrNone(plan.productCode), quotedOrNone(productCode)),
      ],
    ]
    const different = fields.filter(([, , text]) => text !== undefined)
    const change: PlanChange = Object.fromEntries(different.map(([name, value]) => [name, value]))
    const details = different.flatMap(([, , text]) => text!.split('\n'))
    if (!stages) return {change, details}
    const {methodThrottles, texts} = this.#methodThrottles(plan, stages)
    const addStages = missingStages(plan, stages).map(
      ({apiId, stage, throttle = {}}: Partial<GoalStage> & StageRef) => ({
        apiId,
        stage,
        throttle,
      }),
    )
    const removeStages = missingStages({apiStages: stages}, plan.apiStages)
    return {change: {...change, methodThrottles, addStages, removeStages}, details: [...details, ...texts]}
  }

  /** Of the stages that are on the plan and stay. */
  #methodThrottles(plan: UsagePlan, stages: readonly GoalStage[]) {
    const methodThrottles: NonNullable<PlanChange['methodThrottles']>[number][] = []
    const texts: string[] = []
    for (const {apiId, stage, throttle} of stages) {
      const has = plan.apiStages.find(other => other.apiId === apiId && other.stage === stage)?.throttle
      if (!has) continue
      const wanted = new Map(Object.entries(throttle).map(([key, limit]) => [methodName(key), {key, limit}]))
      const before = new Map(Object.entries(has).map(([key, limit]) => [methodName(key), {key, limit}]))
      const methods = [...new Set([...before.keys(), ...wanted.keys()])].sort()
      const different = methods.filter(method => !isSameThrottle(before.get(method)?.limit, wanted.get(method)?.limit))
      if (different.length === 0) continue
      // By the key that it has already: other programs write it with more slashes.
      const changed = different.map((method): [string, Throttle | null] => [
        (before.get(method) ?? wanted.get(method))!.key,
        wanted.get(method)?.limit ?? null,
      ])
      methodThrottles.push({apiId, stage, throttle: Object.fromEntries(changed)})
      const name = this.stageName({apiId, stage})
      texts.push(
        ...different.map(
          method =>
            `${name} ${method} ${perSecond(before.get(method)?.limit)} → ${perSecond(wanted.get(method)?.limit)}`,
        ),
      )
    }
    return {methodThrottles, texts}
  }

  /** All that is different about a plan, in one call. */
  #update(subject: Subject, {change, details}: Update): void {
    const {name} = subject
    const {addStages = [], removeStages = []} = change
    const fields = details.map((detail): Change => ({action: 'update', kind: 'usage plan', name, detail}))
    const gone = removeStages.map(stage => this.#stageChange('detach', stage, name))
    const come = addStages.map(stage => this.#stageChange('attach', stage, name, methodTexts(stage.throttle ?? {})))
    const takes = [...fields.filter(({detail}) => detail?.endsWith('→ none')), ...gone]
    this.#step(
      [...fields, ...gone, ...come],
      takes,
      async () => void (await this.plans.update(subject.id!, change)),
      true,
    )
    for (const stage of removeStages) subject.stages.delete(stageKey(stage))
    for (const stage of addStages) subject.stages.add(stageKey(stage))
  }

  #stageChange(action: 'attach' | 'detach', stage: StageRef, plan: string, methods: readonly string[] = []): Change {
    const where = `${action === 'attach' ? 'to' : 'from'} usage plan ${plan}`
    return {action, kind: 'stage', name: this.stageName(stage), detail: [where, ...methods].join(', ')}
  }

  #retag(subject: Subject, goal: Goal, {tags}: UsagePlan): void {
    const remove = Object.keys(tags).filter(tag => !isReserved(tag) && !Object.hasOwn(goal.tags, tag))
    const change = tagChangeFor(tags, {set: goal.tags, remove})
    if (!change) return
    const changes = tagTexts(tags, change).map(
      (detail): Change => ({action: 'update', kind: 'usage plan', name: subject.name, detail}),
    )
    const takes = changes.filter(({detail}) => detail?.endsWith('→ none'))
    this.#step(changes, takes, () => this.plans.changeTags(subject.id!, change))
  }

  /** Key by key: off where it is not to be, and at once on where it is. */
  #moveKeys(): void {
    const wanted = this.subjects.filter(({goal}) => goal?.keys)
    const ids = new Set(wanted.flatMap(({keys, goalKeys}) => [...goalKeys.keys(), ...keys.keys()]))
    for (const id of ids) {
      for (const subject of wanted) if (subject.keys.has(id) && !subject.goalKeys.has(id)) this.#detach(id, subject)
      for (const subject of wanted) {
        if (subject.keys.has(id) || !subject.goalKeys.has(id)) continue
        const rivals = this.subjects.filter(other => other.keys.has(id) && !other.goalKeys.has(id))
        for (const rival of rivals)
          if ([...rival.stages].some(stage => subject.stages.has(stage))) this.#detach(id, rival)
        this.#attach(id, subject)
      }
    }
  }

  #detach(id: string, subject: Subject): void {
    const name = subject.keys.get(id) ?? id
    const change: Change = {action: 'detach', kind: 'API key', name, detail: `from usage plan ${subject.name}`}
    this.#step([change], [change], () => takeOffPlan(this.plans, {id: subject.id!}, {id}))
    subject.keys.delete(id)
  }

  #attach(id: string, subject: Subject): void {
    const name = subject.goalKeys.get(id) ?? id
    const change: Change = {action: 'attach', kind: 'API key', name, detail: `to usage plan ${subject.name}`}
    this.#step([change], [], () => putOnPlan(this.plans, {id: subject.id!}, {id}))
    subject.keys.set(id, name)
  }

  /** The service refuses to delete a plan that has stages. */
  #delete(subject: Subject): void {
    const removeStages = [...subject.stages].map(refOf)
    if (removeStages.length > 0) this.#update(subject, {change: {removeStages}, details: []})
    const names = [...subject.keys.values()]
    const lose = names.length === 1 ? 'one key loses it' : `${names.length} keys lose it`
    const detail = names.length > 0 ? `${lose}: ${listed(names)}` : undefined
    const change: Change = {action: 'delete', kind: 'usage plan', name: subject.name, detail}
    this.#step([change], [change], () => unlessMissing(this.plans.delete(subject.id!)))
  }

  #step(changes: Change[], takes: Change[], run: () => Promise<void>, isUpdate = false): void {
    this.steps.push({changes, takes, run, isUpdate})
  }
}

/** What is different about a plan, and in words, field by field; stages that come and go are not among the words. */
interface Update {
  change: PlanChange
  details: string[]
}

async function unlessMissing(answer: Promise<void>): Promise<void> {
  try {
    await answer
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** `rate 100 → 200`, or undefined where nothing is different. */
function field(name: string, before: unknown, after: unknown): string | undefined {
  return before === after ? undefined : `${name} ${before ?? 'none'} → ${after ?? 'none'}`
}

const quotedOrNone = (text: string | undefined) => (text ? JSON.stringify(text) : undefined)

function throttleText(before: Throttle | undefined, after: Throttle | undefined): string | undefined {
  const texts = [
    field('rate', before?.rateLimit, after?.rateLimit),
    field('burst', before?.burstLimit, after?.burstLimit),
  ]
  return joined(texts)
}

function quotaTexts(before: Quota | undefined, after: Quota | undefined): string | undefined {
  const texts = [
    field('quota', before && quotaText(before), after && quotaText(after)),
    field('quotaOffset', before?.offset || undefined, after?.offset || undefined),
  ]
  return joined(texts)
}

function joined(texts: readonly (string | undefined)[]): string | undefined {
  const said = texts.filter(text => text !== undefined)
  return said.length > 0 ? said.join('\n') : undefined
}

const isSameThrottle = (one: Throttle | undefined, other: Throttle | undefined) => perSecond(one) === perSecond(other)

const perSecond = (limit: Throttle | undefined) => (limit ? `${limit.rateLimit}/${limit.burstLimit}` : 'none')

const methodTexts = (throttle: Readonly<Record<string, Throttle>>) =>
  Object.entries(throttle).map(([method, limit]) => `${methodName(method)} ${perSecond(limit)}`)

function tagTexts(tags: Readonly<Record<string, string>>, {set, remove}: TagChange): string[] {
  return [
    ...Object.entries(set).map(
      ([tag, value]) => `tag ${tag} ${quotedOrNone(tags[tag]) ?? 'none'} → ${JSON.stringify(value)}`,
    ),
    ...remove.map(tag => `tag ${tag} ${JSON.stringify(tags[tag])} → none`),
  ]
}

/** What to agree to: nothing where nothing is taken away. */
function questionOf(file: string, steps: readonly Step[]): PlanFileChanges['question'] {
  const takes = steps.flatMap(step => step.takes)
  if (takes.length === 0) return undefined
  const deleted = deletions(steps)
  const of = (action: Change['action'], kind: string) =>
    takes.filter(change => change.action === action && change.kind === kind).length
  const texts = [
    deleted > 0 && `deletes ${counted(deleted, 'usage plan')} that it does not have`,
    of('detach', 'stage') > 0 && `takes ${counted(of('detach', 'stage'), 'stage')} off`,
    of('detach', 'API key') > 0 && `takes ${counted(of('detach', 'API key'), 'API key')} off`,
    of('update', 'usage plan') > 0 && `takes ${counted(of('update', 'usage plan'), 'setting')} away`,
  ].filter(Boolean)
  const message = `${file} ${texts.join(', ')}. Apply it?`
  return deleted > 0 ? {message, count: String(deleted)} : {message}
}

const deletions = (steps: readonly Step[]) =>
  steps.flatMap(step => step.takes).filter(({action}) => action === 'delete').length

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

/**
 * Takes the steps in their order, one by one: the service puts keys on plans no faster, and a key that is being moved is off
 * both plans as briefly as can be.
 * @throws Problem that says how far it came; run again, it goes on from there
 */
async function take(steps: readonly Step[], progress?: Pick<Progress, 'at'>): Promise<void> {
  for (const [i, step] of steps.entries()) {
    progress?.at(i, {unit: 'changes', total: steps.length})
    try {
      await step.run()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const left = steps.slice(i)
      const done = i === 0 ? '' : ` Done before that: ${i} of ${steps.length}.`
      const texts = new Set(left.flatMap(({changes}) => changes.map(changeText)))
      const message = `${error.message}\nNot done: ${listed([...texts])}.${done}`
      const [before, now] = [deletions(steps), deletions(left)]
      const again =
        now === before ? 'Run the same command again' : `Run the same command again, now with --confirm ${now}`
      const hint = [error.hint, `${again}: it goes on where it stopped.`].filter(Boolean).join('\n')
      throw new Problem(error.kind, message, hint, {code: error.code, requestId: error.requestId, cause: error})
    }
  }
}

/** `attach API key mobile to usage plan gold`, but of an update only of what. */
function changeText({action, kind, name, detail = ''}: Change): string {
  const where = action === 'attach' || action === 'detach' ? ` ${detail.split(', ')[0]}` : ''
  return `${action} ${kind} ${name}${where}`
}

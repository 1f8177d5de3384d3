import type {RestApi} from './apis.js'
import type {Deployed} from './deployments/deploy.js'
import {duration} from './duration.js'
import {Problem} from './problem.js'
import type {Session} from './session.js'
import type {RouteSnapshot, Snapshot} from './snapshots/snapshot.js'

/** What answered a request to a stage. */
export interface Answer {
  status: number
  /** `message` of a JSON body: what the gateway itself answers with. */
  message?: string | undefined
  /** What the gateway calls an error of its own: `x-amzn-ErrorType`. */
  errorType?: string | undefined
  /** Values of its headers and its body, as far as it is worth while. */
  text: string
}

/** Calls stages as their clients do. */
export interface Caller {
  /** Undefined where nobody answered. @throws Problem interrupted */
  call(request: {method: string; url: string}): Promise<Answer | undefined>
}

/** A request to a stage. */
export interface Probe {
  method: string
  path: string
}

/** What is waited for: a stage that serves what it was told to. */
export interface Wait {
  api: RestApi
  stage: string
  url: string
  /** Whether the stage is made by this. */
  creates: boolean
  /** What it serves before and afterwards, as far as that is known. */
  before?: Snapshot | undefined
  after?: Snapshot | undefined
  /** What somebody named to be called. */
  probe?: Probe | undefined
}

type Patience = Pick<Session, 'clock' | 'signal' | 'notice' | 'maxWait'>

/**
 * A request, as somebody wrote it: `GET /health`, or the path alone.
 * @param served what the API has; undefined where it is not known
 * @throws Problem usage for another text, and for a request that the API has no method for: it could never succeed
 */
export function parseProbe(text: string, served?: Snapshot | undefined): Probe {
  const [, method = 'GET', path = ''] = /^(?:([a-z]+)\s+)?(\/?\S*)$/i.exec(text.trim()) ?? []
  if (path === '')
    throw new Problem('usage', `--probe "${text}" is not a request.`, "For instance: --probe 'GET /health'")
  const probe = {method: method.toUpperCase(), path: `/${path.replace(/^\//, '')}`}
  if (!served || hasMethodFor(served, probe)) return probe
  const routes = Object.keys(served.routes).slice(0, 5).join(', ')
  throw new Problem('usage', `--probe: the API has no method for ${probe.method} ${probe.path}.`, `It has: ${routes}`)
}

const CANDIDATES: readonly Probe[] = ['/', '/apigw-probe', '/apigw/probe'].flatMap(path => [
  {method: 'GET', path},
  {method: 'OPTIONS', path},
])

/**
 * A request that API Gateway answers by itself (403 Missing Authentication Token) because the API has no method for it:
 * it tells whether the stage is there and disturbs no back end. Undefined where the API has a method for everything.
 */
export function quietProbe({routes}: Pick<Snapshot, 'routes'>): Probe | undefined {
  return CANDIDATES.find(probe => !hasMethodFor({routes}, probe))
}

const hasMethodFor = ({routes}: Pick<Snapshot, 'routes'>, probe: Probe) =>
  Object.keys(routes).some(route => isFor(route, probe))

function isFor(route: string, probe: Probe): boolean {
  const {method, path} = requestOf(route)
  if (method !== probe.method && method !== 'ANY') return false
  const pattern = path
    .split(/(\{[^}]+\})/)
    .map(part => (part.startsWith('{') ? (part.endsWith('+}') ? '.+' : '[^/]+') : part.replace(/[^\w/]/g, '\\$&')))
  return new RegExp(`^${pattern.join('')}$`).test(probe.path.replace(/\?.*$/s, ''))
}

/** `GET /pets` taken apart. */
function requestOf(route: string): Probe {
  const cut = route.indexOf(' ')
  return {method: route.slice(0, cut), path: route.slice(cut + 1)}
}

/** A request that one of two snapshots has a method for, and the other has not: the answer tells which one made it. */
export interface Witness extends Probe {
  route: string
  change: 'added' | 'removed'
}

/**
 * A witness that can do no harm: API Gateway itself answers it wherever there is a method for it. Such are mocks and
 * methods that turn away whoever sends no key or no token; IAM turns away with the very answer that tells of a missing
 * method, and a Lambda authorizer would be called.
 */
export function witnessOf(before: Snapshot, after: Snapshot): Witness | undefined {
  const witnesses = (change: Witness['change'], having: Snapshot, lacking: Snapshot) =>
    Object.entries(having.routes)
      .filter(([route]) => !Object.hasOwn(lacking.routes, route))
      .map(([route, snapshot]) => ({...exampleOf(route), route, change, snapshot}))
      .filter(witness => isAnsweredByGateway(witness.snapshot) && !hasMethodFor(lacking, witness))
  const [first] = [...witnesses('added', after, before), ...witnesses('removed', before, after)]
  return first && {method: first.method, path: first.path, route: first.route, change: first.change}
}

/** A request for a route. */
function exampleOf(route: string): Probe {
  const {method, path} = requestOf(route)
  return {method: method === 'ANY' ? 'GET' : method, path: path.replace(/\{[^}]+\}/g, 'apigw-probe')}
}

function isAnsweredByGateway(route: RouteSnapshot): boolean {
  const {authorization, apiKeyRequired, integration} = route
  if (authorization === 'COGNITO_USER_POOLS') return true
  if (authorization !== undefined) return false
  return apiKeyRequired === true || integration?.type === 'MOCK'
}

/** Why calling the stage would tell nothing; undefined where it would. */
function whyNotCalled(api: RestApi): string | undefined {
  if (api.endpointType === 'PRIVATE') return 'a private API is reached from its VPC only'
  if (api.disableExecuteApiEndpoint) return 'its default endpoint is switched off'
  return undefined
}

/** What the stage did as it was asked to serve something. */
export type Repointed = Pick<Deployed, 'deploymentId' | 'previousDeploymentId' | 'canaryPercent'>

/**
 * Finds out, before anything is changed, by what the change will show. What can be known from outside is limited. The
 * control plane says at once what a stage serves; the servers that answer learn of it one by one, within seconds to a
 * minute, and no answer says by itself which deployment made it. These do:
 *
 * - an answer with the id of the deployment in it, from a method that was given `$context.deploymentId` to answer with
 *   (developer guide, variables for data transformations);
 * - a witness, where its answer before the change was that of the old snapshot;
 * - for a new stage, any answer but the 403 Forbidden that API Gateway has for stages that it does not know.
 *
 * For everything else steady answers show that the stage serves, and that is all that is claimed then.
 * @returns waits until the stage answers steadily, and says what that shows; or says why it is not called
 */
export async function prepareWait(
  caller: Caller,
  wait: Wait,
  session: Patience,
): Promise<(repointed: Repointed) => Promise<void>> {
  const {api, stage, before, after, creates, url} = wait
  const why = whyNotCalled(api)
  if (why) return async () => session.notice(`${stage} is not called to see whether it answers: ${why}.`)
  const witness = before && after && !creates ? witnessOf(before, after) : undefined
  const answer = witness && (await caller.call({method: witness.method, url: url + witness.path}))
  const isGood = witness && answer && isMissingMethod(answer) === (witness.change === 'added') && answer.status < 500
  const calls = callsOf(wait, isGood ? witness : undefined)
  return async repointed => {
    if (calls.length === 0) {
      const text = after ? 'every request would reach your back end' : 'what it has methods for is not known'
      const hint = 'name one that may be made, with --probe'
      return session.notice(`${stage} is not called to see whether it answers: ${text}; ${hint}.`)
    }
    const started = session.clock.now()
    let proof: string | undefined
    for (const call of calls)
      proof = (await steadyAnswers(caller, {...wait, ...repointed}, call, started, session)) ?? proof
    const doubt = 'Which deployment an answer comes from, it does not tell.'
    session.notice(
      [
        `${stage} answers${proof ? `, ${proof}` : ''}.`,
        ...(proof || repointed.previousDeploymentId === undefined ? [] : [doubt]),
      ].join(' '),
    )
  }
}

/** What to call, and what of it is the right answer. */
interface Call extends Probe {
  witness?: Witness | undefined
  isNamed: boolean
}

function callsOf({after, probe}: Wait, witness: Witness | undefined): Call[] {
  const named = probe ? [{...probe, isNamed: true}] : []
  if (witness) return [{method: witness.method, path: witness.path, witness, isNamed: false}, ...named]
  const quiet = probe || !after ? undefined : quietProbe(after)
  return quiet ? [{...quiet, isNamed: false}] : named
}

/** As many right answers in a row, a second apart, make it likely that it is not just the first server that knows. */
const ALIKE = 3
const INTERVAL = 1_000

/** @returns what shows that it is the new deployment that answers; undefined where nothing does */
async function steadyAnswers(
  caller: Caller,
  wait: Wait & Repointed,
  call: Call,
  started: number,
  session: Patience,
): Promise<string | undefined> {
  const {stage, url, canaryPercent} = wait
  // Of a canary's answers one is as good as three in a row: the others come from the stage itself.
  const wanted = canaryPercent === undefined || canaryPercent === 100 ? ALIKE : 1
  let last: Answer | undefined
  for (let alike = 0; ; ) {
    const answer = await caller.call({method: call.method, url: url + call.path})
    const found = judge(answer, call, wait)
    alike = found.isRight ? (answer?.status === last?.status ? alike + 1 : 1) : 0
    last = answer
    if (alike >= wanted) return found.proof
    const now = answer ? `${answer.status} ${answer.message ?? ''}`.trim() : 'no answer'
    if (session.clock.now() - started + INTERVAL > session.maxWait) {
      const text = `${stage} is deployed, but after ${duration(session.maxWait)} it does not answer as it should: ${now}.`
      throw new Problem('gave-up', text, `It may only need longer: ${curl(call, url)}`)
    }
    if (alike === 0) session.notice(`waiting for ${stage} to answer: ${found.why ?? now}`)
    await session.clock.sleep(INTERVAL, session.signal)
  }
}

interface Judgement {
  isRight: boolean
  /** What shows that it is the new deployment. */
  proof?: string
  /** What is not right, where status and message do not tell. */
  why?: string
}

function judge(answer: Answer | undefined, call: Call, wait: Wait & Repointed): Judgement {
  if (!answer || answer.status >= 500) return {isRight: false}
  if (wait.creates && isUnknownStage(answer)) return {isRight: false}
  const {deploymentId, previousDeploymentId} = wait
  if (call.witness) {
    const {route, change} = call.witness
    if (isMissingMethod(answer) === (change === 'removed')) {
      return {isRight: true, proof: `from ${deploymentId}: ${route} is ${change === 'added' ? 'there' : 'gone'}`}
    }
    return {isRight: false, why: `${route} is ${change === 'added' ? 'not there yet' : 'still there'}`}
  }
  if (call.isNamed && answer.status >= 400) return {isRight: false}
  if (names(answer, deploymentId)) return {isRight: true, proof: `from ${deploymentId}: the answer says so`}
  if (previousDeploymentId !== undefined && names(answer, previousDeploymentId)) {
    return {isRight: false, why: `the answer still comes from ${previousDeploymentId}`}
  }
  return {isRight: true}
}

/** Whether an answer has the id of a deployment in it, as a word of its own. */
const names = ({text}: Answer, id: string) => new RegExp(`(?<![A-Za-z0-9])${id}(?![A-Za-z0-9])`).test(text)

const curl = ({method, path}: Probe, url: string) => `curl -i ${method === 'GET' ? '' : `-X ${method} `}${url}${path}`

/** How API Gateway answers for a stage, or an API, that it does not know. */
const isUnknownStage = ({status, message}: Answer) => status === 403 && message === 'Forbidden'

/** How API Gateway answers where there is no such method, unless the API has an answer of its own for that. */
const isMissingMethod = ({status, message, errorType}: Answer) =>
  errorType?.startsWith('MissingAuthenticationToken') === true ||
  (status === 403 && message === 'Missing Authentication Token')

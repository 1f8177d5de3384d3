import type {RestApi} from './apis.js'
import type {Deployed} from './deployments/deploy.js'
import {duration} from './duration.js'
import {Problem} from './problem.js'
import type {Route} from './routes.js'
import type {Session} from './session.js'

/** What answered a request to a stage. */
export interface Answer {
  status: number
  /** `message` of a JSON body: what the gateway itself answers with. */
  message?: string | undefined
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

const CANDIDATES: readonly Probe[] = ['/', '/apigw-probe', '/apigw/probe'].flatMap(path => [
  {method: 'GET', path},
  {method: 'OPTIONS', path},
])

/**
 * A request that API Gateway answers by itself (403 Missing Authentication Token) because the API has no method for it:
 * it tells whether the stage is there and disturbs no back end. Undefined where the API has a method for everything.
 */
export function quietProbe(routes: readonly Route[]): Probe | undefined {
  return CANDIDATES.find(({method, path}) => !routes.some(route => isFor(route, method, path)))
}

function isFor(route: Route, method: string, path: string): boolean {
  if (route.method !== method && route.method !== 'ANY') return false
  const pattern = route.path
    .split(/(\{[^}]+\})/)
    .map(part => (part.startsWith('{') ? (part.endsWith('+}') ? '.+' : '[^/]+') : part.replace(/[^\w/]/g, '\\$&')))
  return new RegExp(`^${pattern.join('')}$`).test(path)
}

/** Why calling the stage would tell nothing; undefined where it would. */
function whyNotCalled(api: RestApi, probe: Probe | undefined): string | undefined {
  if (api.endpointType === 'PRIVATE') return 'a private API is reached from its VPC only'
  if (api.disableExecuteApiEndpoint) return 'its default endpoint is switched off'
  if (!probe) return 'every request would reach your back end; name one that may, with --probe PATH'
  return undefined
}

type Patience = Pick<Session, 'clock' | 'signal' | 'notice' | 'maxWait'>

/**
 * Waits until the stage of a deployment answers steadily, and says so; or says why it is not called.
 * @param path to GET; without it one is called that the API does not have
 * @throws Problem gave-up when the session's patience ends before that
 */
export async function awaitServing(
  caller: Caller,
  {
    api,
    routes,
    deployed,
    path,
  }: {api: RestApi; routes: readonly Route[]; deployed: Deployed; path?: string | undefined},
  session: Patience,
): Promise<void> {
  const probe = path === undefined ? quietProbe(routes) : {method: 'GET', path: `/${path.replace(/^\//, '')}`}
  const why = whyNotCalled(api, probe)
  if (why || !probe) return session.notice(`${deployed.stage} is not called to see whether it answers: ${why}.`)
  await steadyAnswers(caller, deployed, probe, session)
  session.notice(`${deployed.stage} answers.`)
}

/** As many answers alike in a row, a second apart, make it likely that it is not just the first server that knows. */
const ALIKE = 3
const INTERVAL = 1_000

/**
 * What can be known from outside is limited. The control plane says at once what a stage serves; the servers that
 * answer learn of it one by one, within seconds to a minute, and no answer says which deployment made it. A new stage
 * is there when API Gateway no longer answers 403 Forbidden, as it does for stages that it does not know. For a stage
 * that was repointed, steady answers show that it serves, not that every server serves the new snapshot already.
 */
async function steadyAnswers(
  caller: Caller,
  {stage, url, created}: Deployed,
  probe: Probe,
  session: Patience,
): Promise<void> {
  const started = session.clock.now()
  let last: Answer | undefined
  for (let alike = 0; ; ) {
    const answer = await caller.call({method: probe.method, url: url + probe.path})
    const isThere = answer !== undefined && answer.status < 500 && !(created && isUnknownStage(answer))
    alike = isThere ? (answer.status === last?.status ? alike + 1 : 1) : 0
    last = answer
    if (alike === ALIKE) return
    const now = answer ? `${answer.status} ${answer.message ?? ''}`.trim() : 'no answer'
    if (session.clock.now() - started + INTERVAL > session.maxWait) {
      const text = `${stage} is deployed, but after ${duration(session.maxWait)} it does not answer steadily: ${now}.`
      throw new Problem('gave-up', text, `It may only need longer: curl -i ${url}${probe.path}`)
    }
    if (alike === 0) session.notice(`waiting for ${stage} to answer: ${now}`)
    await session.clock.sleep(INTERVAL, session.signal)
  }
}

/** How API Gateway answers for a stage, or an API, that it does not know. */
const isUnknownStage = ({status, message}: Answer) => status === 403 && message === 'Forbidden'

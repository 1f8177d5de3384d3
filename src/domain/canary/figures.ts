import {CANARY} from '../logs/groups.js'
import {restStage} from '../logs/stages.js'
import {
  type MetricSource,
  type MetricWindow,
  readTraffic,
  stageDimensions,
  type Traffic,
  wholeWindow,
} from '../metrics.js'
import {Problem} from '../problem.js'
import type {Api, StageWithCanary} from './canary.js'
import {countInLogs, type LogReading} from './log-figures.js'

export interface FigurePorts extends LogReading {
  metrics: MetricSource
}

/** How the requests of a canary went, beside those that the stage itself answered. */
export interface Figures {
  /** Where the figures come from; undefined where nothing tells. */
  source?: 'metrics' | 'access log' | 'execution log' | undefined
  canary?: Traffic | undefined
  base?: Traffic | undefined
  /** What has to be said of them. */
  remarks: readonly string[]
}

/**
 * From the metrics or, where these do not tell the canary apart, from the logs of the stage.
 *
 * AWS says that the requests of a canary have metrics of their own (What's New of 2017-11-28; developer guide, canary
 * release) and not what these are called: that their stage is `prod/Canary`, as in the names of the log groups, is known
 * from a gateway that is held against the service (README of smoketurner/amazon-apigateway-self-hosted, which has it for
 * a second series beside that of the stage). So where the stage had requests and that series has none, its logs are
 * asked. The stage's own series is taken to hold the canary's requests, too, as its logs do.
 * @param span milliseconds since 1970
 */
export async function canaryFigures(
  ports: FigurePorts,
  api: Api,
  stage: StageWithCanary,
  span: {start: number; end: number},
): Promise<Figures> {
  const window = wholeWindow(span.start, span.end, ports.watch.clock.now())
  const measured = await readMetrics(ports.metrics, api, stage, window)
  const isTold = !(measured instanceof Problem) && (measured.canary.requests > 0 || measured.all.requests === 0)
  if (isTold) return {source: 'metrics', canary: measured.canary, base: baseOf(measured), remarks: []}
  const logged = await countInLogs(ports, restStage(api, stage), window)
  if (measured instanceof Problem) {
    const remark = `The metrics could not be read: ${measured.message}`
    if (logged) return {...logged, remarks: [remark]}
    return {remarks: [remark, noLog(api, stage)]}
  }
  if (logged && logged.canary.requests > 0) {
    return {...logged, remarks: ['The metrics do not tell the canary apart, but the log does.']}
  }
  const remarks = logged
    ? []
    : [`The metrics tell of no request to the canary, and no log says more. ${noLog(api, stage)}`]
  return {source: 'metrics', canary: measured.canary, base: baseOf(measured), remarks}
}

const noLog = (api: Api, {name}: StageWithCanary) =>
  `For figures from its log: apigw logs enable --api ${api.id} --stage ${name}`

interface Measured {
  all: Traffic
  canary: Traffic
}

/** Undefined where these credentials may not read them, or the endpoint has none. */
async function readMetrics(
  metrics: MetricSource,
  api: Api,
  {name}: StageWithCanary,
  window: MetricWindow,
): Promise<Measured | Problem> {
  try {
    const sets = [name, name + CANARY].map(stage => stageDimensions(api, stage))
    const [all, canary] = await readTraffic(metrics, sets, window)
    return {all: all as Traffic, canary: canary as Traffic}
  } catch (error) {
    if (error instanceof Problem && ['denied', 'failed'].includes(error.kind)) return error
    throw error
  }
}

/**
 * What is left of the stage's requests without the canary's. Latencies cannot be taken apart: they stay those of all.
 * Where the canary has more requests than the stage, they are no part of the stage's.
 */
function baseOf({all, canary}: Measured): Traffic {
  if (canary.requests > all.requests) return all
  const requests = all.requests - canary.requests
  const rest = (name: 'clientErrors' | 'serverErrors') => Math.max(0, all[name] - canary[name])
  const latencies = requests > 0 ? {latencyP50: all.latencyP50, latencyP99: all.latencyP99} : {}
  return {requests, clientErrors: rest('clientErrors'), serverErrors: rest('serverErrors'), ...latencies}
}

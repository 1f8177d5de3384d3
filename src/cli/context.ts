import {readFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {Problem} from '../domain/problem.js'
import type {Clock, Session} from '../domain/session.js'
import type {Io} from './io.js'

/** What the project file `.apigw.yaml` may say. It is looked for from the working directory upwards. */
export interface ProjectFile {
  api?: string
  stage?: string
  profile?: string
  region?: string
  /** Stages that a deployment may only touch with `--yes` or the typed name. */
  protectedStages?: string[]
}

export interface ContextFlags {
  api?: string | undefined
  stage?: string | undefined
  profile?: string | undefined
  region?: string | undefined
  'endpoint-url'?: string | undefined
  'max-wait'?: number | undefined
}

/** What a command works on: resolved once from flags, then the environment, then the project file. */
export interface Context {
  /** API by name or id, as somebody wrote it. */
  api: string | undefined
  stage: string | undefined
  protectedStages: readonly string[]
  session: Session
}

const PROJECT_FILE = '.apigw.yaml'

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, {signal}).catch(() => {
      throw signal?.reason
    })
  },
}

/** Five minutes: long enough for every documented rate (the slowest is 1 per 30 s) to let a call through. */
const MAX_WAIT_SECONDS = 300

/** Resolves the context. A variable that is set to nothing counts as not set; a flag counts as it is. */
export async function resolveContext(
  flags: ContextFlags,
  io: Io,
  signal: AbortSignal,
  {notice, progress, beforeMore}: Required<Pick<Session, 'notice' | 'progress' | 'beforeMore'>>,
): Promise<Context> {
  const {env} = io
  const project = await readProjectFile(io.cwd)
  return {
    api: flags.api ?? (env.APIGW_API || project.api),
    stage: flags.stage ?? (env.APIGW_STAGE || project.stage),
    protectedStages: project.protectedStages ?? [],
    session: {
      profile: flags.profile ?? (env.AWS_PROFILE || project.profile),
      region: flags.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || project.region),
      endpointUrl: flags['endpoint-url'],
      invokeUrl: env.APIGW_INVOKE_URL,
      pacing: env.APIGW_PACING !== 'off',
      maxWait: (flags['max-wait'] ?? MAX_WAIT_SECONDS) * 1000,
      signal,
      clock: systemClock,
      notice,
      progress,
      beforeMore,
    },
  }
}

async function readProjectFile(folder: string): Promise<ProjectFile> {
  const path = join(folder, PROJECT_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new Problem('failed', `Cannot read ${path}: ${code}`)
    const parent = dirname(folder)
    return parent === folder ? {} : readProjectFile(parent)
  }
  return checkProjectFile(await parseYaml(text, path), path)
}

async function parseYaml(text: string, path: string): Promise<unknown> {
  const {parse} = await import('yaml')
  try {
    return parse(text)
  } catch (error) {
    throw new Problem('usage', `${path} is not YAML: ${firstLine((error as Error).message)}`)
  }
}

/** Without the picture of the place, which takes lines of its own; where it is stands in the first. */
const firstLine = (message: string) => message.replace(/:?\n[\s\S]*$/, '.')

const KEYS = ['api', 'stage', 'profile', 'region', 'protectedStages']

function checkProjectFile(value: unknown, path: string): ProjectFile {
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new Problem('usage', `${path} is not a map of settings.`)
  for (const [key, setting] of Object.entries(value)) {
    if (!KEYS.includes(key))
      throw new Problem('usage', `${path}: unknown setting "${key}".`, `Known: ${KEYS.join(', ')}`)
    const isRight =
      key === 'protectedStages'
        ? Array.isArray(setting) && setting.every(item => typeof item === 'string')
        : typeof setting === 'string'
    if (!isRight) {
      throw new Problem('usage', `${path}: ${key} must be ${key === 'protectedStages' ? 'a list of names' : 'a text'}.`)
    }
  }
  return value as ProjectFile
}

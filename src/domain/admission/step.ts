/** What API Gateway answers instead of letting a request in. Source: re:Post articles on 403 and 429, recorded. */
export type Refusal =
  | '403 Forbidden'
  | '403 Missing Authentication Token'
  | '429 Too Many Requests'
  | '429 Limit Exceeded'

/** One thing that decides whether a key is let in, and how it stands with it. */
export interface Step {
  /** `key`, `enabled`, `plan`, ...; the last is `verdict`. */
  step: string
  /** `null` where nothing is judged. */
  ok: boolean | null
  /** `unknown` what could not be found out, `note` what does not decide. */
  state: 'ok' | 'no' | 'unknown' | 'note'
  text: string
  /** The command that mends it, as it can be run. */
  command?: string | undefined
  /** What a request gets for it. */
  answer?: Refusal | undefined
  /** Which requests get that, where it is not all: `10 % of the requests`. */
  of?: string | undefined
}

export const tick = (step: string, text: string): Step => ({step, ok: true, state: 'ok', text})

export const unknown = (step: string, text: string): Step => ({step, ok: null, state: 'unknown', text})

export const note = (step: string, text: string, command?: string): Step => ({
  ...{step, ok: null, state: 'note', text},
  ...(command !== undefined && {command}),
})

/** Something that is not as it should be. Without an answer it keeps no request out. */
export const cross = (
  step: string,
  text: string,
  {command, answer, of}: {command?: string | undefined; answer?: Refusal | undefined; of?: string | undefined},
): Step => ({
  ...{step, ok: false, state: 'no', text},
  ...(command !== undefined && {command}),
  ...(answer !== undefined && {answer}),
  ...(of !== undefined && {of}),
})

/**
 * What comes of all steps together.
 * @param who what asks to be let in: `mobile`
 * @param where what it asks: `GET /pets of petstore/prod`
 */
export function verdictOn(steps: readonly Step[], who: string, where: string): Step {
  const refusals = steps.filter(({answer}) => answer !== undefined).sort((one, other) => rank(one) - rank(other))
  const refusal = refusals.find(({of}) => of === undefined) ?? refusals[0]
  if (refusal) {
    const {answer, of} = refusal
    return {...cross('verdict', `${where} refuses ${who}${of ? ` for ${of}` : ''}: ${answer}.`, {answer, of})}
  }
  // What the API is as it is edited lets nobody in or out.
  if (steps.some(({state, step}) => state === 'unknown' && step !== 'deployed')) {
    return unknown('verdict', `Whether ${where} lets ${who} in is not known: not everything could be looked at.`)
  }
  const isGuarded = steps.some(({step}) => step === GATES)
  return tick('verdict', `${where} lets ${who} in${isGuarded ? ', as far as API keys decide that' : ''}.`)
}

/** The step that names what else stands before a route. */
export const GATES = 'further gates'

/**
 * In the order in which the service looks: whether anything answers there, whether the key is good, how often. Source:
 * the order of its log lines (recorded).
 */
function rank({step, answer}: Step): number {
  if (step === 'endpoint') return 0
  return ORDER.indexOf(answer) + 1
}

const ORDER: readonly (Refusal | undefined)[] = [
  '403 Missing Authentication Token',
  '403 Forbidden',
  '429 Too Many Requests',
  '429 Limit Exceeded',
]

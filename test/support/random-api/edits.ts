import type {GatewayResponseType} from '@aws-sdk/client-api-gateway'
import fc from 'fast-check'

// A random API is one of fixed routes, on which the settings of a whole API show, and random edits of it. Whatever an
// edit changes, one of the requests below shows; nothing that it changes can hide another's effect from all of them.

const PATHS = ['/', '/a', '/a/{id}', '/b', '/c/{proxy+}'] as const
const METHODS = ['GET', 'POST', 'ANY'] as const

export type Place = {path: (typeof PATHS)[number]; method: (typeof METHODS)[number]}

/** What is behind a method. */
export type BackEnd =
  | {
      kind: 'mock'
      status: '200' | '201'
      body: string
      xml?: string | undefined
      header?: string | undefined
      strict: boolean
    }
  | {
      kind: 'http'
      path: string
      header?: string | undefined
      template?: string | undefined
      answer?: string | undefined
      encoded: boolean
      refuses: boolean
      strict: boolean
    }
  | {kind: 'proxy'; path: string; method: 'GET' | 'ANY'}
  | {kind: 'lambda'; name: 'echo-a' | 'echo-b'}

/** Who may call a method. */
export type Access = 'NONE' | 'AWS_IAM' | 'alpha' | 'beta' | 'pool' | 'pool s1' | 'pool s2' | 'pool s1 s2'

export type Edit =
  | {edit: 'route'; place: Place; backEnd: BackEnd}
  | {edit: 'no route'; place: Place}
  | {edit: 'no resource'; path: Place['path']}
  | {edit: 'access'; place: Place; access: Access}
  | {edit: 'key'; place: Place; required: boolean}
  | {edit: 'mock body'; place: Place; body: string}
  | {edit: 'authorizer'; name: 'alpha' | 'beta'; source: string; expression: string}
  | {edit: 'model'; name: 'One' | 'Two' | 'Shared'; variant: number}
  | {edit: 'model of'; name: 'One' | 'Two'}
  | {edit: 'parameter'; required: boolean | undefined}
  | {edit: 'validator of'; name: 'body' | 'parameters' | undefined}
  | {edit: 'validator'; parameters: boolean}
  | {
      edit: 'gateway response'
      type: GatewayResponseType
      status: string
      text?: string | undefined
      header?: string | undefined
    }
  | {edit: 'no gateway response'; type: GatewayResponseType}
  | {edit: 'policy'; denied: string[]; form: number}
  | {edit: 'binary'; types: string[]}
  | {edit: 'compression'; from: 0 | 20 | undefined}
  // From here on: what changes nothing.
  | {edit: 'resource again'; path: Place['path']}
  | {edit: 'authorizer again'; name: 'alpha' | 'beta'}
  | {edit: 'validator again'}
  | {edit: 'definition again'}
  | {edit: 'unused'; what: 'model' | 'authorizer' | 'validator' | 'resource' | 'name'}
  | {edit: 'schema again'; name: 'One' | 'Two' | 'Shared'}

const word = fc.constantFrom('x', 'y')
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, {nil: undefined})
const place = fc.record({path: fc.constantFrom(...PATHS), method: fc.constantFrom(...METHODS)})
const backEnd: fc.Arbitrary<BackEnd> = fc.oneof(
  fc.record({
    kind: fc.constant('mock' as const),
    status: fc.constantFrom('200' as const, '201' as const),
    body: word,
    xml: maybe(word),
    header: maybe(word),
    strict: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('http' as const),
    path: word,
    header: maybe(word),
    template: maybe(word),
    answer: maybe(word),
    encoded: fc.boolean(),
    refuses: fc.boolean(),
    strict: fc.boolean(),
  }),
  fc.record({kind: fc.constant('proxy' as const), path: word, method: fc.constantFrom('GET' as const, 'ANY' as const)}),
  fc.record({kind: fc.constant('lambda' as const), name: fc.constantFrom('echo-a' as const, 'echo-b' as const)}),
)
const access: fc.Arbitrary<Access> = fc.constantFrom(
  ...(['NONE', 'AWS_IAM', 'alpha', 'beta', 'pool', 'pool s1', 'pool s2', 'pool s1 s2'] as const),
)
const authorizerName = fc.constantFrom('alpha' as const, 'beta' as const)
const modelName = fc.constantFrom('One' as const, 'Two' as const, 'Shared' as const)
const responseType = fc.constantFrom<GatewayResponseType>(
  ...(['DEFAULT_4XX', 'DEFAULT_5XX', 'MISSING_AUTHENTICATION_TOKEN', 'INVALID_API_KEY', 'UNAUTHORIZED'] as const),
)
const just = <Name extends string>(edit: Name) => fc.constant(edit)

const changing: fc.Arbitrary<Edit>[] = [
  fc.record({edit: just('route'), place, backEnd}),
  fc.record({edit: just('no route'), place}),
  fc.record({edit: just('no resource'), path: fc.constantFrom(...PATHS)}),
  fc.record({edit: just('access'), place, access}),
  fc.record({edit: just('key'), place, required: fc.boolean()}),
  fc.record({edit: just('mock body'), place, body: word}),
  fc.record({
    edit: just('authorizer'),
    name: authorizerName,
    source: fc.constantFrom('X-Token', 'X-Other'),
    expression: fc.constantFrom('.*', 'ab?|b'),
  }),
  fc.record({edit: just('model'), name: modelName, variant: fc.nat(2)}),
  fc.record({edit: just('model of'), name: fc.constantFrom('One' as const, 'Two' as const)}),
  fc.record({edit: just('parameter'), required: maybe(fc.boolean())}),
  fc.record({edit: just('validator of'), name: maybe(fc.constantFrom('body' as const, 'parameters' as const))}),
  fc.record({edit: just('validator'), parameters: fc.boolean()}),
  fc.record({
    edit: just('gateway response'),
    type: responseType,
    status: fc.constantFrom('418', '451'),
    text: maybe(word),
    header: maybe(word),
  }),
  fc.record({edit: just('no gateway response'), type: responseType}),
  fc.record({edit: just('policy'), denied: fc.subarray(['agent-1', 'agent-2']), form: fc.nat(3)}),
  fc.record({edit: just('binary'), types: fc.shuffledSubarray(['image/png', 'image/jpeg'])}),
  fc.record({edit: just('compression'), from: fc.constantFrom(0 as const, 20 as const, undefined)}),
]

const idle: fc.Arbitrary<Edit>[] = [
  fc.record({edit: just('resource again'), path: fc.constantFrom(...PATHS)}),
  fc.record({edit: just('authorizer again'), name: authorizerName}),
  fc.record({edit: just('validator again')}),
  fc.record({edit: just('definition again')}),
  fc.record({
    edit: just('unused'),
    what: fc.constantFrom(...(['model', 'authorizer', 'validator', 'resource', 'name'] as const)),
  }),
  fc.record({edit: just('schema again'), name: modelName}),
]

/** Edits that show in no answer. */
export const idleEdits = (max: number): fc.Arbitrary<Edit[]> => fc.array(fc.oneof(...idle), {maxLength: max})

export const anyEdits = (max: number): fc.Arbitrary<Edit[]> =>
  fc.array(fc.oneof({arbitrary: changing[0]!, weight: 6}, ...changing.slice(1), ...idle), {maxLength: max})

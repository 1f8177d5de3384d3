import type {GatewayResponseType} from '@aws-sdk/client-api-gateway'
import fc from 'fast-check'

// A random API is one of fixed routes, on which the settings of a whole API show, and random edits of it. Whatever an
// edit changes, one of the requests below shows; nothing that it changes can hide another's effect from all of them.

const PATHS = ['/', '/a', '/a/{id}', '/b', '/c/{proxy+}'] as const
const METHODS = ['GET', 'ANY'] as const

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
  | {kind: 'proxy'; path: string; method: 'GET' | 'POST'}
  | {kind: 'lambda'; name: 'echo-a' | 'echo-b'}

/** Who may call a method. */
export type Access = 'NONE' | 'AWS_IAM' | 'alpha' | 'beta' | 'pool'

export type Edit =
  | {edit: 'route'; place: Place; backEnd: BackEnd}
  | {edit: 'no route'; place: Place}
  | {edit: 'no resource'; path: Place['path']}
  | {edit: 'access'; place: Place; access: Access}
  | {edit: 'authorizer of'; name: 'alpha' | 'beta'}
  | {edit: 'scopes'; scopes: string[]}
  | {edit: 'key'; required: boolean}
  | {edit: 'part'; place: Place; part: Part; value: string}
  | {edit: 'identity source'; header: string}
  | {edit: 'validation expression'; expression: string}
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

/** A part of what is behind a method: of which type of integration, and where. */
export interface Part {
  type: 'MOCK' | 'HTTP' | 'HTTP_PROXY' | 'AWS_PROXY'
  /** Of the response for a status, or of the integration itself. */
  status?: string | undefined
  path: string
}

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
  fc.record({
    kind: fc.constant('proxy' as const),
    path: word,
    method: fc.constantFrom('GET' as const, 'POST' as const),
  }),
  fc.record({kind: fc.constant('lambda' as const), name: fc.constantFrom('echo-a' as const, 'echo-b' as const)}),
)
const access: fc.Arbitrary<Access> = fc.constantFrom(...(['NONE', 'AWS_IAM', 'alpha', 'beta', 'pool'] as const))
const authorizerName = fc.constantFrom('alpha' as const, 'beta' as const)
const modelName = fc.constantFrom('One' as const, 'Two' as const, 'Shared' as const)
const responseType = fc.constantFrom<GatewayResponseType>(
  ...(['DEFAULT_4XX', 'DEFAULT_5XX', 'MISSING_AUTHENTICATION_TOKEN', 'INVALID_API_KEY', 'UNAUTHORIZED'] as const),
)
const just = <Name extends string>(edit: Name) => fc.constant(edit)

const X_SET = 'method.response.header.X-Set'
const JSON_TEMPLATE = 'application~1json'

/** Each has two values, which requests tell apart. */
const PARTS: [Part, string, string][] = [
  [{type: 'HTTP', path: '/uri'}, 'x', 'y'],
  [{type: 'HTTP', path: '/httpMethod'}, 'POST', 'PUT'],
  [{type: 'HTTP', path: '/requestParameters/integration.request.header.X-Set'}, "'x'", "'y'"],
  [{type: 'HTTP', path: `/requestTemplates/${JSON_TEMPLATE}`}, '{"sent": "x"}', '{"sent": "y"}'],
  [{type: 'HTTP', path: '/passthroughBehavior'}, 'NEVER', 'WHEN_NO_MATCH'],
  [{type: 'HTTP', status: '200', path: '/contentHandling'}, 'CONVERT_TO_TEXT', ''],
  [{type: 'HTTP', status: '200', path: `/responseParameters/${X_SET}`}, "'x'", "'y'"],
  [{type: 'HTTP', status: '200', path: `/responseTemplates/${JSON_TEMPLATE}`}, answerWith('x'), answerWith('y')],
  [{type: 'HTTP', status: '400', path: '/selectionPattern'}, '4\\d{2}', '5\\d{2}'],
  [{type: 'MOCK', status: '200', path: `/responseTemplates/${JSON_TEMPLATE}`}, 'x', 'y'],
  [{type: 'MOCK', status: '200', path: '/responseTemplates/text~1xml'}, 'x', 'y'],
  [{type: 'MOCK', status: '200', path: `/responseParameters/${X_SET}`}, "'x'", "'y'"],
  [{type: 'HTTP_PROXY', path: '/uri'}, 'x', 'y'],
  [{type: 'HTTP_PROXY', path: '/httpMethod'}, 'GET', 'POST'],
  [{type: 'AWS_PROXY', path: '/uri'}, 'echo-a', 'echo-b'],
]

/** A template that shows the body, whatever was made of it. */
export function answerWith(word: string): string {
  return `{"answer": "${word}", "to": "$util.escapeJavaScript($input.body)"}`
}

const parts: fc.Arbitrary<Edit>[] = PARTS.map(([part, ...values]) =>
  fc.record({edit: just('part'), place, part: fc.constant(part), value: fc.constantFrom(...values)}),
)

/** What makes routes and takes them away. */
const structural: fc.Arbitrary<Edit>[] = [
  fc.record({edit: just('route'), place, backEnd}),
  fc.record({edit: just('no route'), place}),
  fc.record({edit: just('no resource'), path: fc.constantFrom(...PATHS)}),
]

/** What changes something that is there. */
const changing: fc.Arbitrary<Edit>[] = [
  fc.record({edit: just('access'), place, access}),
  fc.record({edit: just('authorizer of'), name: authorizerName}),
  fc.record({edit: just('scopes'), scopes: fc.shuffledSubarray(['s1', 's2'])}),
  fc.record({edit: just('key'), required: fc.boolean()}),
  ...parts,
  fc.record({edit: just('identity source'), header: fc.constantFrom('X-Token', 'X-Other')}),
  fc.record({edit: just('validation expression'), expression: fc.constantFrom('.*', 'ab?|b')}),
  ...(['One', 'Two', 'Shared'] as const).map(name =>
    fc.record({edit: just('model'), name: fc.constant(name), variant: fc.nat(2)}),
  ),
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

/** Every kind of edit, in any order. */
export interface EveryEdit {
  /** The same kinds with other values: after them, most of `edits` change something. */
  before: Edit[]
  edits: Edit[]
}

/** Whether two edits make the same of what they change, wherever that is and however it is said. */
const isSame = (...edits: Edit[]) => {
  const [one, other] = edits.map(edit => JSON.stringify({...edit, place: undefined, form: undefined}))
  return one === other
}

const pairs = fc.tuple(...changing.map(edit => fc.uniqueArray(edit, {minLength: 2, maxLength: 2, comparator: isSame})))

/** What takes routes away comes last. */
export const everyEdit: fc.Arbitrary<EveryEdit> = fc
  .record({pairs, others: fc.tuple(...idle), last: fc.tuple(...structural)})
  .chain(({pairs, others, last}) => {
    const edits = [...pairs.map(([, edit]) => edit!), ...others]
    return fc.record({
      before: fc.constant(pairs.map(([edit]) => edit!)),
      edits: fc.shuffledSubarray(edits, {minLength: edits.length}).map(shuffled => [...shuffled, ...last]),
    })
  })

/** Some edits, at most so many. Routes come up most often: there are most of them. */
export const someEdits = (max: number): fc.Arbitrary<Edit[]> =>
  fc.array(fc.oneof({arbitrary: fc.oneof(...structural), weight: 6}, ...changing, ...idle), {maxLength: max})

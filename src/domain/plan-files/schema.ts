import {MOST_TAGS} from '../tags.js'

/**
 * The schema of plan files, for editors and for programs that write such files: JSON Schema, draft 7, which is what
 * editors know best. The reader takes its patterns from here, so that both agree on them; that they agree on all else is
 * tested. `schemas/plans.schema.json` is what `apigw plans schema` prints of it.
 */

/** Burst and quota are 32-bit integers in the service's model: whole numbers up to this. */
export const LARGEST_WHOLE = 2_147_483_647

/** Source: CreateRestApi in the service's model has these of tags; that they hold for usage plans, too, is assumed. */
export const LONGEST_TAG = {name: 128, value: 256}

/** Whole numbers up to `LARGEST_WHOLE`, as a schema has to say it of numbers within a text. */
const WHOLE =
  '([0-9]{1,9}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|' +
  '214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])'

/** A number of requests a second; also as JavaScript writes very small ones, `1e-7`. */
const RATE = '[0-9]{1,21}(\\.[0-9]{1,25})?(e-[0-9]{1,3})?'

/**
 * What is taken for the value of a key: as the service generates them (40 letters and digits, recorded) and other
 * programs do, hexadecimal digits or a UUID. A name of such a form is not to be told from a secret; its key has an id.
 */
const SECRET = '((?=[A-Za-z]*[0-9])[A-Za-z0-9]{32,128}|[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})'

export const PATTERNS = {
  quota: `^${WHOLE}/(day|week|month)$`,
  throttle: `^${RATE}/${WHOLE}$`,
  method: '^[A-Z*]+ /\\S*$',
  stage: '^[\\s\\S]+[/:][^/:\\s]+$',
  key: `^(?!${SECRET}$)[\\s\\S]+$`,
  tag: '^(?!aws:)[\\s\\S]+$',
} as const

const throttles = {
  type: ['object', 'null'],
  description: 'Limits of single methods, by method and path: `GET /pets: 5/10` is 5 requests a second, 10 at once.',
  propertyNames: {pattern: PATTERNS.method},
  additionalProperties: {type: 'string', pattern: PATTERNS.throttle, examples: ['5/10']},
}

const stages = {
  description:
    'The stages that the plan opens, and no others; the API by name or id. Left out: they stay as they are. ' +
    'A list of API/STAGE, or a map from these to the limits of single methods.',
  oneOf: [
    {
      type: 'array',
      uniqueItems: true,
      items: {type: 'string', pattern: PATTERNS.stage, examples: ['petstore/prod']},
    },
    {type: 'object', propertyNames: {pattern: PATTERNS.stage}, additionalProperties: throttles},
  ],
}

const plan = {
  type: 'object',
  description:
    'A usage plan. It has what is said here; of what is left out it has none, but for stages and keys, which stay as ' +
    'they are.',
  additionalProperties: false,
  properties: {
    description: {type: 'string', description: 'What the plan is for. Left out: none.'},
    rate: {
      type: 'number',
      minimum: 0,
      description: 'Requests of a key in a second, in the long run. Left out: no limit. Needs burst.',
      examples: [100],
    },
    burst: {
      type: 'integer',
      minimum: 0,
      maximum: LARGEST_WHOLE,
      description: 'Requests of a key at once. Left out: no limit. Needs rate.',
      examples: [200],
    },
    quota: {
      type: 'string',
      pattern: PATTERNS.quota,
      description: 'Requests of a key in a day, week or month: `10000/day`. Left out: no quota.',
      examples: ['10000/day', '500/month'],
    },
    quotaOffset: {
      type: 'integer',
      minimum: 0,
      maximum: LARGEST_WHOLE,
      description: 'Requests that count as made already in the first week or month. Left out: 0.',
    },
    productCode: {
      type: 'string',
      minLength: 1,
      description: 'Code of the product on AWS Marketplace that the plan belongs to. Left out: none.',
    },
    stages,
    keys: {
      type: 'array',
      uniqueItems: true,
      items: {type: 'string', pattern: PATTERNS.key, examples: ['mobile']},
      description:
        'The API keys on the plan, and no others, by name or id; never their values. Left out: they stay as they are. ' +
        'Empty: there are none.',
    },
    tags: {
      type: 'object',
      maxProperties: MOST_TAGS,
      propertyNames: {pattern: PATTERNS.tag, maxLength: LONGEST_TAG.name},
      additionalProperties: {type: 'string', maxLength: LONGEST_TAG.value},
      description: 'Tags of the plan. Left out: none. Those of AWS itself, `aws:...`, are left alone.',
    },
  },
  dependencies: {rate: ['burst'], burst: ['rate'], quotaOffset: ['quota']},
  // The service refuses an offset for a day (recorded).
  if: {required: ['quota'], properties: {quota: {pattern: '/day$'}}},
  // biome-ignore lint/suspicious/noThenProperty: it is the schema's word, and nobody awaits a schema
  then: {properties: {quotaOffset: {maximum: 0}}},
}

export const PLAN_FILE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Usage plans of Amazon API Gateway, for apigw plans apply',
  type: 'object',
  required: ['plans'],
  additionalProperties: false,
  properties: {
    $schema: {type: 'string', description: 'Where this schema is, for editors.'},
    plans: {
      type: 'object',
      description: 'Usage plans by name. Plans that are not here stay as they are, unless --prune is said.',
      propertyNames: {minLength: 1},
      additionalProperties: plan,
    },
  },
}

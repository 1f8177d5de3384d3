import {canonicalText, type NormalSchema, normalSchema} from './schemas.js'
import type {Json} from './snapshot.js'
import type {EditedApi} from './source.js'

const JSON_TYPE = 'application/json'

/** What a new API has. Source: API Gateway's own models, without their titles. */
const OWN_MODELS: Readonly<Record<string, string>> = {
  Empty: '{"type":"object"}',
  Error: '{"properties":{"message":{"type":"string"}},"type":"object"}',
}

/** The name of a model that the service made of a schema which had none. Source: recorded imports. */
const NAMELESS = /^MODEL[0-9a-f]{6}$/

/** The models of an API, of which those are kept that something refers to. */
export class UsedModels {
  readonly #models: ReadonlyMap<string, EditedApi['models'][number]>
  readonly #used = new Map<string, {name: string; schema: Json; isPartial: boolean}>()
  readonly #untold = new Set<string>()

  constructor(models: EditedApi['models']) {
    this.#models = new Map(models.map(model => [model.name, model]))
  }

  /** Models by content type, with the names that they have in the normal form. */
  use(byContentType: Readonly<Record<string, string>> = {}): Record<string, string> {
    const names = Object.entries(byContentType).flatMap(([contentType, name]) => {
      const used = this.#use(name)
      return used === undefined ? [] : [[contentType, used]]
    })
    return Object.fromEntries(names)
  }

  /** Schemas by name, without those that are as the service made them. */
  schemas(): Record<string, Json> {
    const used = [...this.#used.values()].filter(
      ({name, schema}) => !Object.hasOwn(OWN_MODELS, name) || OWN_MODELS[name] !== canonicalText(schema),
    )
    return Object.fromEntries(used.map(({name, schema}) => [name, schema]))
  }

  /** Names of those that an export has no place for all of. */
  partial(): string[] {
    return [...this.#used.values()].flatMap(({name, isPartial}) => (isPartial ? [name] : [])).sort()
  }

  /** Models that no export has a place for. */
  untold(): string[] {
    return [...this.#untold]
  }

  #use(name: string): string | undefined {
    const model = this.#models.get(name)
    if (!model) return name
    const {contentType = JSON_TYPE, schema} = model
    if (contentType !== JSON_TYPE) {
      this.#untold.add(`model ${name}, which is ${contentType}`)
      return undefined
    }
    const known = this.#used.get(name)
    if (known) return known.name
    const normal = normalSchema(schema ?? '{}')
    const {isPartial} = normal
    const used = {name: NAMELESS.test(name) ? nameAfter(normal) : name, schema: normal.schema, isPartial}
    this.#used.set(name, used)
    for (const referred of normal.models) this.#use(referred)
    return used.name
  }
}

/** Two models without a name of their own are one if they say the same. */
function nameAfter({schema}: NormalSchema): string {
  const text = canonicalText(schema)
  const [one, other] = [0x811c9dc5, 0x9747b28c].map(seed => fnv1a(text, seed).toString(16).padStart(8, '0'))
  return `MODEL${one}${other}`
}

/** Source: the hash function of Fowler, Noll and Vo, for 32 bits. */
function fnv1a(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

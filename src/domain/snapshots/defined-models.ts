import {isTree, pointed, type Tree, textOf} from './document.js'
import type {EditedApi} from './source.js'

/** How a schema refers to a model of the same API: in a definition, or by the address that the service gives it. */
const REFERENCE =
  /^(?:#\/(?:components\/schemas|definitions)|https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models)\/([^/]+)$/

/** The schemas of a definition: those that have a name, and those that stand where they are used. */
export class Schemas {
  readonly #models = new Map<string, EditedApi['models'][number]>()
  /** By what they say. */
  readonly #nameless = new Map<string, string>()

  constructor(
    private readonly root: Tree,
    private readonly named: Tree,
  ) {
    for (const [name, schema] of Object.entries(named)) this.#add(name, this.#text(schema))
  }

  /** The names of the models for schemas by content type, without those of which the service makes none. */
  names(schemas: Tree): Record<string, string> {
    const names = Object.entries(schemas).flatMap(([contentType, schema]) => {
      const name = this.#nameOf(schema)
      return name === undefined ? [] : [[contentType, name]]
    })
    return Object.fromEntries(names)
  }

  models(): EditedApi['models'] {
    return [...this.#models.values()]
  }

  #nameOf(schema: unknown): string | undefined {
    const reference = isTree(schema) ? textOf(schema.$ref) : undefined
    if (reference !== undefined) {
      const name = REFERENCE.exec(reference)?.[1]
      return name !== undefined && this.#isKnown(name) ? name : undefined
    }
    // The service ignores, with a warning, what is neither an object nor a list. Source: recorded imports.
    const type = isTree(schema) ? textOf(schema.type) : undefined
    if (type !== undefined && type !== 'object' && type !== 'array') return undefined
    const text = this.#text(schema)
    const name = this.#nameless.get(text) ?? this.#freeName()
    this.#nameless.set(text, name)
    this.#add(name, text)
    return name
  }

  /** Of the form that the service gives to models of schemas without a name. */
  #freeName(): string {
    for (let number = this.#nameless.size; ; number++) {
      const name = `MODEL${number.toString(16).padStart(6, '0')}`
      if (!this.#models.has(name)) return name
    }
  }

  #isKnown = (name: string) => Object.hasOwn(this.named, name) || name === 'Empty' || name === 'Error'

  #add(name: string, schema: string): void {
    this.#models.set(name, {name, contentType: 'application/json', schema})
  }

  #text = (schema: unknown) => JSON.stringify(this.#whole(schema, new Set())) ?? '{}'

  /** With everything in the place of references to it, as the service does it, except for models. */
  #whole(value: unknown, within: ReadonlySet<string>): unknown {
    if (Array.isArray(value)) return value.map(item => this.#whole(item, within))
    if (!isTree(value)) return value
    const reference = value.$ref
    if (typeof reference !== 'string' || REFERENCE.test(reference)) {
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.#whole(member, within)]))
    }
    const target = pointed(this.root, reference)
    return target === undefined || within.has(reference)
      ? {$ref: reference}
      : this.#whole(target, new Set([...within, reference]))
  }
}

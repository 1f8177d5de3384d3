import type {ApiKey} from '@aws-sdk/client-api-gateway'

/**
 * The API keys of a Region in the order they came: ten thousand of them, each found at once by its id and, as every
 * request of the data plane needs it, by its value. The value of a key never changes.
 */
export class ApiKeys {
  readonly #byId = new Map<string, ApiKey>()
  readonly #byValue = new Map<string, ApiKey>()

  constructor(keys: Iterable<ApiKey> = []) {
    for (const key of keys) this.set(key)
  }

  get size(): number {
    return this.#byId.size
  }

  get(id: string | undefined): ApiKey | undefined {
    return this.#byId.get(id ?? '')
  }

  withValue(value: string): ApiKey | undefined {
    return this.#byValue.get(value)
  }

  /** Adds a key, or takes it for the one that has its id. */
  set(key: ApiKey): void {
    this.#byId.set(key.id!, key)
    this.#byValue.set(key.value!, key)
  }

  delete({id, value}: ApiKey): void {
    this.#byId.delete(id!)
    this.#byValue.delete(value!)
  }

  values(): IterableIterator<ApiKey> {
    return this.#byId.values()
  }

  /** By id, as they are in the state file. */
  toJSON(): Record<string, ApiKey> {
    return Object.fromEntries(this.#byId)
  }
}

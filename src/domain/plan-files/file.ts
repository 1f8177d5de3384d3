import type {Quota, Throttle} from '../limits.js'
import type {Tags} from '../tags.js'

/** Where in the file something stands; both count from 1. */
export interface Place {
  line: number
  column: number
}

/** A stage as the file names it, with limits of single methods, by "/path/METHOD". */
export interface FileStage {
  ref: string
  place: Place
  throttle: Record<string, Throttle>
}

/** A key as the file names it. */
export interface FileKey {
  ref: string
  place: Place
}

/** A usage plan as the file wants it. What is undefined of it shall not be, but for stages and keys. */
export interface FilePlan {
  name: string
  place: Place
  description?: string | undefined
  throttle?: Throttle | undefined
  quota?: Quota | undefined
  productCode?: string | undefined
  /** Undefined where the file leaves them alone. */
  stages?: FileStage[] | undefined
  /** Undefined where the file leaves them alone. */
  keys?: FileKey[] | undefined
  tags: Tags
}

/** A plan file, read. */
export interface PlanFile {
  /** Where it came from, for messages. */
  name: string
  plans: FilePlan[]
}

/** `GET /pets`, as the service writes it: `/pets/GET`. */
export function methodKey(method: string): string {
  const cut = method.indexOf(' ')
  return `${method.slice(cut + 1)}/${method.slice(0, cut)}`
}

export interface PageRequest {
  position?: string
  limit?: number
}

/**
 * One page of a list, as the control plane cuts it.
 * Source: model of 2015-07-09; `limit` defaults to 25 and is at most 500, `position` is absent on the last page.
 */
export function page<Item>(items: readonly Item[], input: PageRequest): {items: Item[]; position: string | undefined} {
  const start = input.position === undefined ? 0 : decode(input.position)
  const end = start + pageSize(input.limit)
  return {items: items.slice(start, end), position: end < items.length ? encode(end) : undefined}
}

/** A limit out of range is answered without complaint, as recorded; it is taken for the default or the maximum. */
export function pageSize(limit: number | undefined): number {
  return limit === undefined || limit < 1 ? 25 : Math.min(limit, 500)
}

const encode = (index: number) => Buffer.from(`index=${index}`).toString('base64')

function decode(position: string): number {
  const index = Number(/^index=(\d+)$/.exec(Buffer.from(position, 'base64').toString())?.[1])
  return Number.isNaN(index) ? 0 : index
}

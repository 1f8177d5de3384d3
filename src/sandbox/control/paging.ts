/**
 * One page of a list, as the control plane cuts it.
 * Source: model of 2015-07-09; `limit` defaults to 25 and is at most 500, `position` is absent on the last page.
 */
export function page<Item>(
  items: readonly Item[],
  input: {position?: string; limit?: number},
): {items: Item[]; position: string | undefined} {
  const limit = Math.min(input.limit ?? 25, 500)
  const start = input.position === undefined ? 0 : decode(input.position)
  const end = start + limit
  return {items: items.slice(start, end), position: end < items.length ? encode(end) : undefined}
}

const encode = (index: number) => Buffer.from(`index=${index}`).toString('base64')

function decode(position: string): number {
  const index = Number(/^index=(\d+)$/.exec(Buffer.from(position, 'base64').toString())?.[1])
  return Number.isNaN(index) ? 0 : index
}

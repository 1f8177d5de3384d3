/** What a page of a control-plane list looks like. */
interface Page<Item> {
  items?: Item[] | undefined
  position?: string | undefined
}

/** The largest page the control plane gives; its default is 25. */
export const PAGE_SIZE = 500

/** Reads all pages of a list, each only when it is wanted. */
export async function* allPages<Item>(
  read: (page: {limit: number; position?: string}) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let position: string | undefined
  do {
    const page = await read(position === undefined ? {limit: PAGE_SIZE} : {limit: PAGE_SIZE, position})
    yield* page.items ?? []
    position = page.position
  } while (position !== undefined)
}

import type {Session} from '../domain/session.js'

/** What a page of a control-plane list looks like. */
interface Page<Item> {
  items?: Item[] | undefined
  position?: string | undefined
}

/** The largest page the control plane gives; its default is 25. */
export const PAGE_SIZE = 500

/**
 * Reads all pages of a list, each only when it is wanted.
 * @param session where the list is one to be printed: then a further page is read when what came before has been
 */
export async function* allPages<Item>(
  read: (page: {limit: number; position?: string}) => Promise<Page<Item>>,
  session?: Pick<Session, 'beforeMore'>,
): AsyncGenerator<Item> {
  let position: string | undefined
  do {
    if (position !== undefined) await session?.beforeMore?.()
    const page = await read(position === undefined ? {limit: PAGE_SIZE} : {limit: PAGE_SIZE, position})
    yield* page.items ?? []
    position = page.position
  } while (position !== undefined)
}

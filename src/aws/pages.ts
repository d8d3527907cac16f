import { type Asking, patiently } from './ask.ts'
import { otherThanAsked } from './failure.ts'

/** One page of a list, and where the next one begins. */
export interface Page<Item> {
  items: readonly Item[]
  next: string | undefined
}

/**
 * The pages of a list, in turn; `ask` reads the one that begins at a place, or without one the first. Throws Failure, also when an answer
 * names a place for the second time, as from a cache: such a list has no end.
 */
export async function* pagesOf<Item>(
  asking: Asking,
  action: string,
  resource: string,
  ask: (from: string | undefined) => Promise<Page<Item>>
): AsyncGenerator<Page<Item>> {
  const seen = new Set<string>()
  let from: string | undefined
  do {
    const at = from
    const page = await patiently(asking, action, resource, () => ask(at))
    yield page
    from = page.next || undefined
    if (from !== undefined && seen.has(from))
      throw otherThanAsked(action, resource, 'page', from, 'the next one')
    if (from !== undefined) seen.add(from)
  } while (from !== undefined)
}

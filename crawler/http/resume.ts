/** Listings that outlive a broken connection. */
import type { RequestContext } from './request.ts';

/** The pages of `list`, started anew from the last page's cursor where it fails in a way that may pass. */
export async function* resumed<P extends { readonly cursor: string }>(
  context: RequestContext,
  list: (cursor: string | null) => AsyncIterable<P>,
  from: string | null,
): AsyncGenerator<P, void, undefined> {
  let cursor = from;
  let pages: AsyncIterator<P> | null = null;
  try {
    for (;;) {
      // Each page has its tries of its own: a long listing may break often, as long as it gets on.
      const next: IteratorResult<P, unknown> = await context.gates.retrying(null, context.signal, async () => {
        pages ??= list(cursor)[Symbol.asyncIterator]();
        try {
          return await pages.next();
        } catch (error) {
          pages = null;
          throw error;
        }
      });
      if (next.done === true) return;
      cursor = next.value.cursor;
      yield next.value;
    }
  } finally {
    await (pages as AsyncIterator<P> | null)?.return?.();
  }
}

/**
 * The names of a source that has no catalog, from its autocomplete service: every id with a listed version, some at a time. Such
 * a source has no feed either, and what is published while it is listed may shift the rows and be missed.
 */
import { z } from 'zod';
import { Malformed } from '../../errors.ts';
import type { NamePage, RegistryIo } from '../../registry.ts';
import { listed } from './id.ts';
import { AUTOCOMPLETE, searchPage, TAKE } from './search.ts';

export const searchCursorSchema = z.strictObject({
  /** Rows read so far. */
  skip: z.number().int().nonnegative(),
  listed: z.boolean(),
});
type SearchCursor = z.infer<typeof searchCursorSchema>;

/**
 * Goes on until an answer is empty, or is short and the last by the source's own count: that count is at times the number of
 * rows in one answer. Malformed where fewer ids came than the source says that it has.
 */
export async function* namesBySearch(cursor: SearchCursor, io: RegistryIo): AsyncGenerator<NamePage> {
  let at = cursor;
  let first: string | null = null;
  while (!at.listed) {
    const { rows, dropped, items, totalHits } = await searchPage(AUTOCOMPLETE, '', at.skip, io);
    const [row] = rows;
    if (row !== undefined && row.name === first) {
      throw new Malformed('expected ids after those before, but the same ones came again: the source does not understand "skip"');
    }
    first = row?.name ?? null;
    const skip = at.skip + items;
    if (items === 0 && skip < totalHits) {
      throw new Malformed(`expected ${totalHits} ids, but the source's search ends at ${skip}: it cannot be listed completely`);
    }
    at = { skip, listed: items === 0 || (items < TAKE && skip >= totalHits) };
    yield {
      names: rows.map(({ name }) => listed(name)),
      dropped: dropped === 0 ? {} : { 'row-not-understood': dropped },
      cursor: JSON.stringify(at),
    };
  }
}

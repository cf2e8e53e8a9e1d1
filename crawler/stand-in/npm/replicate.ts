/** npm's replication service as it is since May 2025: root, list and feed in pages of plain JSON, and nothing else. */
import { highestSerial, type Recorded } from '../journal.ts';
import { json } from '../replies.ts';
import type { Answer, StandInRequest } from '../server.ts';
import { digest } from './documents.ts';

const MOST = 10_000;
const USUAL = 1000;

export interface ReplicateOptions {
  /** Rows of the list's first page that are no packages. */
  readonly strays?: readonly unknown[];
  /** The most rows in a page, whatever was asked for. */
  readonly pageCap?: number;
  /** A service that does not understand `startkey`. */
  readonly deaf?: boolean;
  /** Once `restarted`, sequence numbers count from a lower number again. */
  readonly sequence?: { readonly restarted: boolean };
}

export function replicate(
  state: ReadonlyMap<string, Recorded>,
  { method, path, query }: StandInRequest,
  prefix: string,
  options: ReplicateOptions,
): Answer | null {
  if (method !== 'GET') return null;
  const shift = options.sequence?.restarted === true ? 900 : 0;
  const seqOf = (one: Recorded): number => one.serial - shift;
  const highest = Math.max(0, highestSerial(state) - shift);
  if (path === `${prefix}/` || path === `${prefix}/registry/`) {
    const live = [...state.values()].filter((one) => one.package !== null).length;
    return json({ db_name: 'registry', engine: 'npm-replicate', doc_count: live, update_seq: highest });
  }
  const limit = limitOf(query, options);
  if (path === `${prefix}/registry/_all_docs`) {
    if (limit === null || ['skip', 'include_docs', 'update_seq'].some((name) => query.has(name))) return badRequest();
    return list(state, query, limit, options);
  }
  if (path === `${prefix}/registry/_changes`) {
    if (limit === null || query.has('feed') || query.has('include_docs')) return badRequest();
    const since = Number(query.get('since') ?? 0);
    const rows = [...state.values()].filter((one) => seqOf(one) > since).sort((a, b) => a.serial - b.serial);
    const results = rows.slice(0, limit).map((one) => {
      const row = { seq: seqOf(one), id: one.name, changes: [{ rev: revOf(one) }] };
      return one.package === null ? Object.assign(row, { deleted: true }) : row;
    });
    return json({ results, last_seq: results.at(-1)?.seq ?? highest });
  }
  // Documents, and the feed below the root, are gone from here.
  return json({ error: 'not_found' }, {}, 404);
}

function limitOf(query: URLSearchParams, { pageCap = MOST }: ReplicateOptions): number | null {
  const limit = Number(query.get('limit') ?? USUAL);
  return Number.isInteger(limit) && limit > 0 && limit <= MOST ? Math.min(limit, pageCap) : null;
}

function list(state: ReadonlyMap<string, Recorded>, query: URLSearchParams, limit: number, options: ReplicateOptions): Answer {
  const all = [...state.values()].filter((one) => one.package !== null).sort((a, b) => (a.name < b.name ? -1 : 1));
  const start = startOf(query);
  if (start === null) return badRequest();
  const first = options.deaf === true ? 0 : all.filter(({ name }) => name < start).length;
  const rows = all.slice(first, first + limit).map((one) => ({ id: one.name, key: one.name, value: { rev: revOf(one) } }));
  const design = { id: '_design/app', key: '_design/app', value: { rev: '1-0' } };
  return json({
    total_rows: all.length,
    offset: first,
    rows: start === '' ? [design, ...(options.strays ?? []), ...rows] : rows,
  });
}

/** A JSON string, quotes included. */
function startOf(query: URLSearchParams): string | null {
  try {
    const start: unknown = JSON.parse(query.get('startkey') ?? query.get('start_key') ?? '""');
    return typeof start === 'string' ? start : null;
  } catch {
    return null;
  }
}

function revOf({ name, serial }: Recorded): string {
  return `${1 + (serial % 9)}-${digest('md5', Buffer.from(`${name} ${serial}`))}`;
}

function badRequest(): Answer {
  return json({ error: 'Bad Request' }, {}, 400);
}

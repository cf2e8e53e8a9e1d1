/** The hosts that rank PyPI's projects. */
import { json } from '../replies.ts';
import type { Answer, StandInRequest } from '../server.ts';
import type { WorldPackage } from '../world.ts';
import { normalise } from './project.ts';

const COUNTED = '2026-10-01';

/** The monthly list: most downloaded first, names in their normal form. */
export function topList(ranked: readonly WorldPackage[], prefix: string): (request: StandInRequest) => Answer | null {
  return ({ method, path }) => {
    if (method !== 'GET' || path !== `${prefix}/top-pypi-packages.min.json`) return null;
    return json(
      {
        last_update: '2026-11-01 08:11:12',
        source: 'ClickHouse',
        meta: [
          { name: 'download_count', type: 'UInt64' },
          { name: 'project', type: 'String' },
        ],
        rows: ranked.map(({ name, downloads }) => ({ download_count: downloads, project: normalise(name) })),
        total_rows: ranked.length,
        rows_before_limit_at_least: ranked.length,
        statistics: { elapsed: 0.5, rows_read: ranked.length, bytes_read: ranked.length * 40 },
      },
      { 'content-type': 'application/json; charset=utf-8' },
    );
  };
}

/** The public SQL endpoint: numbers of 64 bits as strings, and errors behind status 200 once it has begun to answer. */
export function clickhouse(
  ranked: readonly WorldPackage[],
  prefix: string,
  { cutAt, fails = false }: { readonly cutAt?: number; readonly fails?: boolean },
): (request: StandInRequest) => Answer | null {
  return ({ method, path, query, body }) => {
    if (method !== 'POST' || path !== `${prefix}/` || query.get('user') !== 'demo') return null;
    const limit = /FROM pypi\.pypi_downloads_per_month[\s\S]*LIMIT (\d+)\s*$/.exec(body)?.[1];
    if (limit === undefined || query.get('default_format') !== 'JSON') return null;
    if (fails) {
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=UTF-8', 'x-clickhouse-exception-code': '159' },
        body: 'Code: 159. DB::Exception: Timeout exceeded: elapsed 60.1 seconds, maximum: 60. (TIMEOUT_EXCEEDED)\n',
      };
    }
    const rows = ranked.slice(0, Math.min(Number(limit), cutAt ?? Number.POSITIVE_INFINITY));
    return json(
      {
        meta: [
          { name: 'project', type: 'String' },
          { name: 'download_count', type: 'Int64' },
          { name: 'counted_month', type: 'String' },
        ],
        data: rows.map(({ name, downloads }) => ({
          project: normalise(name),
          download_count: String(downloads),
          counted_month: COUNTED,
        })),
        rows: rows.length,
        rows_before_limit_at_least: ranked.length,
        statistics: { elapsed: 0.4, rows_read: ranked.length, bytes_read: ranked.length * 30 },
      },
      { 'content-type': 'application/json; charset=UTF-8' },
    );
  };
}

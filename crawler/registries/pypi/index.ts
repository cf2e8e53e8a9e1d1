/**
 * PyPI, by its documented APIs (docs.pypi.org): the simple index as JSON for names and changes, the JSON API for releases.
 *
 * PyPI asks for an identifying User-Agent, serial requests spread over time, and conditional requests; it states no number.
 */
import { ECOSYSTEMS_ORIGIN, ecosystemsBudget } from '../../ecosystems.ts';
import type { Registry } from '../../registry.ts';
import type { OriginsOf } from '../../roles.ts';
import { changes, names } from './frame.ts';
import { latest } from './latest.ts';
import { normalise } from './name.ts';
import { pypiRankings } from './rankings.ts';

const ASKED = 'https://docs.pypi.org/api/: no rate limit is stated; serial requests over time are asked for';

export const pypi = {
  id: 'pypi',
  origins: {
    index: 'https://pypi.org',
    files: 'https://files.pythonhosted.org',
    'top-list': 'https://hugovk.dev/top-pypi-packages',
    clickhouse: 'https://sql-clickhouse.clickhouse.com',
    ecosystems: ECOSYSTEMS_ORIGIN,
  } satisfies OriginsOf<'pypi'>,
  budgets: [
    { origin: 'index', perSecond: 2, concurrency: 2, per30Days: null, source: `${ASKED}. Two a second is our choice` },
    {
      origin: 'files',
      perSecond: 3,
      concurrency: 3,
      per30Days: null,
      source: `${ASKED}. Three connections are our choice: bursts to the file host have been cut off`,
    },
    {
      origin: 'top-list',
      perSecond: 1,
      concurrency: 1,
      per30Days: null,
      source: 'a static page; one request a run, and our own choice of rate',
    },
    {
      origin: 'clickhouse',
      perSecond: 0.2,
      concurrency: 1,
      per30Days: null,
      source:
        'https://github.com/ClickHouse/clickpy: a demonstration service without stated limits; one query a run, our own choice',
    },
    ecosystemsBudget,
  ],
  rankings: pypiRankings,
  key: normalise,
  names,
  changes,
  latest,
} as const satisfies Registry;

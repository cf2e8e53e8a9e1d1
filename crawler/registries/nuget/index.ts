/**
 * NuGet, by its V3 protocol (learn.microsoft.com/nuget/api/overview): the catalog for names and changes, registrations and
 * catalog leaves for releases. Only the service index has a fixed place; everything else is found through it.
 */
import { ECOSYSTEMS_ORIGIN, ecosystemsBudget } from '../../ecosystems.ts';
import type { Registry } from '../../registry.ts';
import type { OriginsOf } from '../../roles.ts';
import { lowerNugetId } from '../../versions/nuget.ts';
import { changes, names } from './frame.ts';
import { latest } from './latest.ts';
import { nugetRankings } from './rankings.ts';
import { verifyRanking } from './verify.ts';

const LIMITS = 'https://learn.microsoft.com/nuget/api/rate-limits';

export const nuget = {
  id: 'nuget',
  origins: {
    /** Holds the service index at /v3/index.json. */
    index: 'https://api.nuget.org',
    search: 'https://azuresearch-usnc.nuget.org',
    'search-2': 'https://azuresearch-ussc.nuget.org',
    www: 'https://www.nuget.org',
    ecosystems: ECOSYSTEMS_ORIGIN,
  } satisfies OriginsOf<'nuget'>,
  budgets: [
    {
      origin: 'index',
      perSecond: 8,
      concurrency: 6,
      per30Days: null,
      source: `${LIMITS}: no number for these static files; https://github.com/NuGet/Home/issues/13148: bursts have been answered 429. Eight a second is our choice`,
    },
    {
      origin: 'search',
      perSecond: 1,
      concurrency: 1,
      per30Days: null,
      source: `${LIMITS}: not rate limited at present. A ranking is some 40 requests; one a second is our choice`,
    },
    {
      origin: 'search-2',
      perSecond: 1,
      concurrency: 1,
      per30Days: null,
      source: `${LIMITS}: the same service at a second place, asked where the first one fails`,
    },
    {
      origin: 'www',
      perSecond: 0.5,
      concurrency: 1,
      per30Days: null,
      source: `${LIMITS}: 50 pages a minute and address; 30 stay below`,
    },
    ecosystemsBudget,
  ],
  rankings: nugetRankings,
  key: lowerNugetId,
  names,
  changes,
  latest,
  verifyRanking,
} as const satisfies Registry;

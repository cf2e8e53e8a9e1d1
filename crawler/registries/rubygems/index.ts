/**
 * RubyGems, by its compact index (guides.rubygems.org): `/versions` for names and changes, `/info/NAME` for releases.
 *
 * rubygems.org publishes ten requests a second for API and website together; the shares below stay under it in sum. The
 * operators ask those who want everything to keep to the index and the weekly dump, and may shut out an address.
 */
import { ECOSYSTEMS_ORIGIN, ecosystemsBudget } from '../../ecosystems.ts';
import type { Registry } from '../../registry.ts';
import type { OriginsOf } from '../../roles.ts';
import { changes, names } from './frame.ts';
import { latest } from './latest.ts';
import { rubygemsRankings } from './rankings.ts';
import { verifyRanking } from './verify.ts';

const LIMITS = 'https://guides.rubygems.org/rubygems-org-rate-limits/: ten requests a second for API and website';

export const rubygems = {
  id: 'rubygems',
  origins: {
    index: 'https://index.rubygems.org',
    gems: 'https://rubygems.org/gems',
    api: 'https://rubygems.org/api/v1',
    stats: 'https://rubygems.org/stats',
    ecosystems: ECOSYSTEMS_ORIGIN,
  } satisfies OriginsOf<'rubygems'>,
  budgets: [
    { origin: 'index', perSecond: 5, concurrency: 4, per30Days: null, source: `${LIMITS}; the index comes from a cache` },
    { origin: 'gems', perSecond: 3, concurrency: 4, per30Days: null, source: `${LIMITS}; each gem is fetched once` },
    {
      origin: 'api',
      perSecond: 1,
      concurrency: 1,
      per30Days: null,
      source: 'https://github.com/rubygems/rubygems.org, config/deploy/nginx: 100 searches a minute and address',
    },
    {
      origin: 'stats',
      perSecond: 0.5,
      concurrency: 1,
      per30Days: null,
      source: `${LIMITS}; ten pages for people, so slower by our own choice. robots.txt allows them`,
    },
    ecosystemsBudget,
  ],
  rankings: rubygemsRankings,
  /** Names differ by case; that no two differ by it alone is a rule of the registry for new ones. */
  key: (name: string) => name,
  names,
  changes,
  latest,
  verifyRanking,
} as const satisfies Registry;

/**
 * npm: names and changes from its replication service, releases from the registry, in the form of both since 2025.
 *
 * npm's open-source terms allow replicating the metadata and downloading tarballs to inspect them, and name five million
 * requests in any month as never reasonable. That ceiling is for all of npm's hosts together and is shared out among them
 * here; every request counts, retries and HEADs included.
 */
import { ECOSYSTEMS_ORIGIN, ecosystemsBudget } from '../../ecosystems.ts';
import { NPM_DEFAULT_REGISTRY } from '../../npm-config.ts';
import type { Registry } from '../../registry.ts';
import type { OriginsOf } from '../../roles.ts';
import { changes, names } from './frame.ts';
import { latest } from './latest.ts';
import { npmRankings } from './rankings.ts';
import { verifyRanking } from './verify.ts';

const TERMS = 'https://docs.npmjs.com/policies/open-source-terms: five million requests in a month, over all hosts, are too many';

export const npm = {
  id: 'npm',
  origins: {
    registry: NPM_DEFAULT_REGISTRY,
    replicate: 'https://replicate.npmjs.com/registry',
    api: 'https://api.npmjs.org',
    ecosystems: ECOSYSTEMS_ORIGIN,
  } satisfies OriginsOf<'npm'>,
  budgets: [
    {
      origin: 'registry',
      perSecond: 1.6,
      concurrency: 4,
      per30Days: 4_500_000,
      source: `${TERMS}; 1.6 a second are 4.15 million in 30 days`,
    },
    {
      origin: 'replicate',
      perSecond: 1,
      concurrency: 1,
      per30Days: 100_000,
      source: `${TERMS}; a listing takes some 440 requests, strictly one after the other`,
    },
    {
      origin: 'api',
      perSecond: 0.4,
      concurrency: 1,
      per30Days: 400_000,
      source: `${TERMS}; https://github.com/npm/documentation/issues/1772: more than one in two seconds is answered 429`,
    },
    ecosystemsBudget,
  ],
  rankings: npmRankings,
  key: (name) => name,
  names,
  changes,
  latest,
  verifyRanking,
} as const satisfies Registry;

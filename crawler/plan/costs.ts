/**
 * What a run costs at each registry, stage by stage, as far as it can be known before the first request.
 *
 * Requests follow from the protocols the adapters speak. Sizes are what the registries' operators and researchers have
 * published; where nobody has, they are estimates and say so. A database with results knows better (`PlanInput.measured`).
 */
import type { LatestOptions } from '../registry.ts';
import type { RegistryId } from '../../data/model.ts';

/** Requests to one origin, and the bytes of a mean answer as they travel. */
export interface Cost {
  /** Names an entry of `Registry.origins`. */
  readonly role: string;
  readonly requests: number;
  readonly meanBytes: number;
  readonly source: string;
}

export interface RegistryCosts {
  /** Packages that the registry lists, until a listing has counted them. */
  readonly published: { readonly packages: number; readonly source: string };
  listing(packages: number): Cost;
  /** The first source of the adapter's list. */
  readonly ranking: Cost;
  /** Where the counts of single places are asked, to check the ranking; null where the registry gives none. */
  readonly check: Pick<Cost, 'role' | 'meanBytes'> | null;
  /** Finding the newest release of one package. */
  readonly release: Cost;
  /** Files of one release. */
  readonly artifacts: Readonly<Record<LatestOptions['artifacts'], Cost>>;
}

const GEM: Cost = {
  role: 'gems',
  requests: 1,
  meanBytes: 400_000,
  source: 'estimate: 0.3 to 0.5 MB; the mean of all files was 0.29 MB in 2012 (rubygems-developers)',
};
const NUPKG: Cost = {
  role: 'index',
  requests: 1,
  meanBytes: 1_150_000,
  source: 'estimate: 0.8 to 1.5 MB; fewer than 3 % are above 10 MB (https://github.com/NuGet/Home/issues/6208)',
};
const TARBALL: Cost = {
  role: 'registry',
  requests: 1,
  meanBytes: 730_020,
  source: 'mean of 35.7 million tarballs of all versions, 2023 (https://github.com/donald-pinckney/npm-follower)',
};

export const COSTS: Readonly<Record<RegistryId, RegistryCosts>> = {
  rubygems: {
    published: { packages: 183_000, source: 'https://rubygems.org/stats' },
    listing: () => ({ role: 'index', requests: 1, meanBytes: 23_000_000, source: '/versions is one file of some 23 MB' }),
    ranking: { role: 'api', requests: 334, meanBytes: 40_000, source: '10 000 places at 30 a page' },
    check: { role: 'api', meanBytes: 3_000 },
    release: { role: 'index', requests: 1, meanBytes: 1_900, source: '/info/NAME: 350 MB over all gems, by 200 bytes a line' },
    artifacts: {
      representative: GEM,
      all: { ...GEM, requests: 1.1, source: `${GEM.source}; some gems have one file for each platform` },
    },
  },
  nuget: {
    published: { packages: 644_000, source: 'https://www.nuget.org' },
    listing: (packages) => ({
      role: 'index',
      requests: 2 + Math.ceil((packages * 12_700_000) / 644_000 / 550),
      meanBytes: 30_000,
      source: 'the catalog: 12.7 million items for 644 000 packages, 550 a page of 0.22 MB, compressed to an estimated 30 kB',
    }),
    ranking: {
      role: 'search',
      requests: 40,
      meanBytes: 1_000_000,
      source: 'estimate: pages of up to 1000 packages, with owners',
    },
    check: { role: 'search', meanBytes: 3_000 },
    release: {
      role: 'index',
      requests: 2,
      meanBytes: 5_000,
      source: 'the registration and the catalog leaf of the version; 2 to 4 GB and 2 to 6 GB over all packages, estimated',
    },
    artifacts: { representative: NUPKG, all: NUPKG },
  },
  pypi: {
    published: {
      packages: 628_000,
      source: 'the number on the policy’s page; some 886 000 names were listed in November 2026',
    },
    listing: () => ({
      role: 'index',
      requests: 1,
      meanBytes: 47_000_000,
      source: 'the simple index is one answer of some 47 MB',
    }),
    ranking: { role: 'top-list', requests: 1, meanBytes: 1_000_000, source: 'one file of 15 000 rows' },
    check: null,
    release: { role: 'index', requests: 1, meanBytes: 15_000, source: 'estimate: /pypi/NAME/json, compressed' },
    artifacts: {
      representative: {
        role: 'files',
        requests: 2,
        meanBytes: 1_000_000,
        source: 'one wheel and the sdist at most; estimate: 0.5 to 1.5 MB a file',
      },
      all: {
        role: 'files',
        requests: 6,
        meanBytes: 1_500_000,
        source: 'estimate: 5 to 10 TB for all files of all newest releases',
      },
    },
  },
  npm: {
    published: {
      packages: 3_720_000,
      source: 'the number on the policy’s page; the replication service listed 4.37 million in August 2026',
    },
    listing: (packages) => ({
      role: 'replicate',
      requests: 2 + Math.ceil(packages / 10_000),
      meanBytes: 1_000_000,
      source: '10 000 names a page of some 1 MB, and the sequence number before',
    }),
    ranking: {
      role: 'registry',
      requests: 2,
      meanBytes: 14_000_000,
      source: 'the package download-counts: a document and 28 MB',
    },
    check: { role: 'api', meanBytes: 1_000 },
    release: { role: 'registry', requests: 1, meanBytes: 3_000, source: 'estimate: NAME/latest; 13 GB for all, compressed' },
    artifacts: { representative: TARBALL, all: TARBALL },
  },
};

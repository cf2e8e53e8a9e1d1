/** What an adapter asks of hosts, by role. Apart from the adapters: whoever reads settings need not load them. */
import type { RegistryId } from '../data/model.ts';

export const ROLES = {
  rubygems: ['index', 'gems', 'api', 'stats', 'ecosystems'],
  nuget: ['index', 'search', 'search-2', 'www', 'ecosystems'],
  pypi: ['index', 'files', 'top-list', 'clickhouse', 'ecosystems'],
  npm: ['registry', 'replicate', 'api', 'ecosystems'],
} as const satisfies Record<RegistryId, readonly string[]>;

/** An origin for each role of a registry, and for no other. */
export type OriginsOf<Id extends RegistryId> = Readonly<Record<(typeof ROLES)[Id][number], string>>;

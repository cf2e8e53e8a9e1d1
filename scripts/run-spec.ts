/** What a run is, in the words of the store: everything that decides its result. */
import { detectorStamp } from '../analysis/detect/stamp.ts';
import type { Service } from '../analysis/service.ts';
import { REGISTRIES } from '../crawler/registries/index.ts';
import type { Registry } from '../crawler/registry.ts';
import type { RegistryId } from '../data/model.ts';
import type { RunSpec } from '../data/store/run.ts';
import { sampleOf, type Config } from './config.ts';
import { UsageError } from './errors.ts';
import { VERSION } from './setup.ts';

export interface RunSubject {
  readonly config: Config;
  readonly registries: readonly RegistryId[];
  /** Packages in place of a sample. */
  readonly named: readonly string[] | null;
}

export function runSpec({ config, registries, named }: RunSubject, services: readonly Service[], keyId: string): RunSpec {
  const { seed, artifacts, limits, validation } = config;
  return {
    scope: named === null ? 'registry' : 'named',
    period: config.period ?? null,
    registries,
    config: {
      artifacts,
      limits,
      sample: Object.fromEntries(registries.map((id) => [id, named === null ? sampleOf(config, id) : named])),
      periodDays: validation.periodDays,
    },
    environment: {
      origins: Object.fromEntries(registries.map((id) => [id, { ...registryOf(id).origins, ...config.registries[id]?.origins }])),
      node: process.versions.node,
    },
    seed,
    detectorStamp: detectorStamp(services),
    codeVersion: VERSION,
    keyId,
    validation: validation.mode,
    services: services.map((service) => {
      const settings = validation.services[service.id];
      const reads = service.probe !== undefined && (service.probe.effect === 'reads' || settings?.allowEffects === true);
      const families = service.formats.map((format) => settings?.family ?? format.family ?? service.family);
      return {
        id: service.id,
        label: service.label,
        families: [...new Set(families)],
        checked: reads && settings?.enabled !== false,
      };
    }),
  };
}

export function registryOf(id: RegistryId): Registry {
  const registry = REGISTRIES.find((one) => one.id === id);
  if (registry === undefined)
    throw new UsageError(`there is no registry ${id}; there are ${REGISTRIES.map((one) => one.id).join(', ')}`);
  return registry;
}

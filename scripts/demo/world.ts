/**
 * The invented world on loopback: four registries and all services, with everything that a run needs to find them. No
 * request of it ever leaves this machine.
 */
import { SERVICE_STAND_INS } from '../../analysis/stand-in/index.ts';
import { createServiceStandIns, type ServiceStandIns } from '../../analysis/stand-in/engine/service-stand-ins.ts';
import { SERVICES } from '../../analysis/services/index.ts';
import { nugetOrigins, nugetStandIn } from '../../crawler/stand-in/nuget.ts';
import { npmOrigins, npmStandIn } from '../../crawler/stand-in/npm.ts';
import { pypiOrigins, pypiStandIn } from '../../crawler/stand-in/pypi.ts';
import { rubygemsOrigins, rubygemsStandIn } from '../../crawler/stand-in/rubygems.ts';
import { startServer, type FaultPlan, type StandInServer } from '../../crawler/stand-in/server.ts';
import { createWorld, isListed, type Planter, type World } from '../../crawler/stand-in/world.ts';
import { VERDICTS, type RegistryId, type Verdict } from '../../data/model.ts';
import type { Config } from '../config.ts';

export interface DemoWorld {
  readonly world: World;
  readonly services: ServiceStandIns;
  /** Origins and hosts of the stand-ins, in the shape of the configuration. */
  readonly settings: Pick<Config, 'registries'> & {
    readonly validation: Pick<Config['validation'], 'mode' | 'services' | 'askInterrupted'>;
  };
  /** Every part of every planted token: none may ever be found in what the program writes. */
  readonly secrets: readonly string[];
  /** Requests that a stand-in did not know. */
  unknown(): readonly string[];
  close(): Promise<void>;
}

export interface DemoWorldOptions {
  readonly seed: string;
  /** When tokens are to have their verdicts. */
  readonly now: Date;
  readonly scale?: number;
  /** Changes one planted token after the truth was stated: what a wrong result looks like. */
  readonly tamper?: boolean;
  /** What goes wrong at the registries; nothing by default. */
  readonly faults?: FaultPlan | null;
}

export async function startDemoWorld({ seed, now, scale, tamper = false, faults = null }: DemoWorldOptions): Promise<DemoWorld> {
  const services = await createServiceStandIns({ standIns: SERVICE_STAND_INS, services: SERVICES, now });
  const world = createWorld({ seed, plant: planterOf(services), ...(scale === undefined ? {} : { scale }) });
  const told = tamper ? tampered(world) : world;
  const servers: StandInServer[] = [];
  const start = async (...args: Parameters<typeof startServer>): Promise<string> => {
    const server = await startServer(...args);
    servers.push(server);
    return server.origin;
  };
  const tokens = await start(() => services.handler, services.faults);
  const registries = {
    rubygems: rubygemsOrigins(await start(rubygemsStandIn(told), faults)),
    nuget: nugetOrigins(await start(nugetStandIn(told), faults)),
    pypi: pypiOrigins(await start(pypiStandIn(told), faults)),
    npm: npmOrigins(await start(npmStandIn(told), faults)),
  } satisfies Record<RegistryId, Record<string, string>>;
  const track = (origins: Readonly<Record<string, string>>) => ({
    enabled: true,
    origins: { ...origins },
    rates: fast(origins),
    sample: 'all' as const,
  });
  return {
    world,
    services,
    settings: {
      registries: {
        rubygems: track(registries.rubygems),
        nuget: track(registries.nuget),
        pypi: track(registries.pypi),
        npm: track(registries.npm),
      },
      validation: {
        mode: 'live',
        // The services are ours, and a demo that was killed is to come to the same figures.
        askInterrupted: true,
        services: Object.fromEntries(
          SERVICES.map(({ id }) => [id, { enabled: true, allowEffects: false, host: `${tokens}/${id}/{host}` }]),
        ),
      },
    },
    secrets: [...new Set(world.packages.flatMap((one) => one.plants.flatMap((plant) => plant.secrets)))],
    unknown: () => servers.flatMap((server) => server.unknown),
    async close() {
      await Promise.all(servers.map(async (server) => server.close()));
    },
  };
}

/** The stand-ins are ours: they may be asked as fast as they answer. */
function fast(origins: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(Object.keys(origins).map((role) => [role, 2000]));
}

/**
 * Any service that can have a token with the wished verdict, chosen by the seed. Undecided ones, of which a small world has
 * few, are such that the report of the default policy shows what they make of it.
 */
function planterOf(services: ServiceStandIns): Planter {
  const able = new Map<Verdict, readonly string[]>(
    VERDICTS.map((verdict) => [
      verdict,
      SERVICES.filter(
        ({ id, family }) => services.verdictsOf(id).includes(verdict) && (verdict !== 'unknown' || family === 'token'),
      ).map(({ id }) => id),
    ]),
  );
  return ({ seed, verdict }) => {
    const candidates = able.get(verdict) ?? [];
    const service = candidates[hash(seed) % Math.max(1, candidates.length)];
    if (service === undefined) throw new Error(`no service can have a token with the verdict ${verdict}`);
    return services.issue(service, { seed, verdict });
  };
}

/** FNV-1a: spreads seeds over services, nothing more. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/**
 * The same world with the tokens of a listed package taken out of the files, but not out of the stated truth: of the first
 * whose one token can be seen in a file as it is.
 */
function tampered(world: World): World {
  for (const target of world.packages) {
    const [plant, ...others] = target.plants;
    if (!isListed(target) || others.length > 0 || plant?.family !== 'token' || plant.verdict !== 'active') continue;
    let isChanged = false;
    const clean = (content: string | Uint8Array) => {
      const before = Buffer.from(content).toString('latin1');
      let text = before;
      for (const secret of plant.secrets) {
        for (const form of [secret, Buffer.from(secret, 'utf16le').toString('latin1')])
          text = text.replaceAll(form, 'x'.repeat(form.length));
      }
      isChanged ||= text !== before;
      return Buffer.from(text, 'latin1');
    };
    const releases = target.releases.map((release) => ({
      ...release,
      artifacts: release.artifacts.map((artifact) => ({
        ...artifact,
        files: artifact.files.map((file) => ({ ...file, content: clean(file.content) })),
      })),
    }));
    if (!isChanged) continue;
    const packages = world.packages.map((one) => (one === target ? { ...target, releases } : one));
    return { packages, of: (registry) => packages.filter((one) => one.registry === registry) };
  }
  throw new Error('the world has no package to tamper with');
}

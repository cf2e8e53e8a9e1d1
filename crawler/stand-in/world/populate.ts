/** Invents the packages of one registry and gives them their places in its ranking. */
import type { RegistryId, Verdict } from '../../../data/model.ts';
import type { Plant, Planter, PlantWish, WorldArtifact, WorldPackage, WorldRelease } from '../world.ts';
import { createDraw, type Draw } from './draw.ts';
import { filesOf } from './files.ts';
import { createNamer } from './names.ts';
import type { ArtifactPlan, PackagePlan, ReleasePlan } from './plan.ts';
import { QUIRKS } from './quirks.ts';
import { ordinaryPlan, tinyPlan } from './shapes.ts';

export interface Population {
  readonly seed: string;
  readonly plant: Planter;
  readonly scale: number;
}

/** How many packages beside the odd ones, at scale 1. npm is the registry whose ranking reaches into every tier. */
const SIZES: Readonly<Record<RegistryId, { readonly ordinary: number; readonly tiny: number; readonly unranked: number }>> = {
  rubygems: { ordinary: 135, tiny: 0, unranked: 25 },
  nuget: { ordinary: 135, tiny: 0, unranked: 25 },
  pypi: { ordinary: 135, tiny: 0, unranked: 25 },
  npm: { ordinary: 120, tiny: 1000, unranked: 40 },
};

/** In this order the planted packages get their verdicts: all eight, and active ones most often. */
const VERDICT_TURNS: readonly [Verdict, ...Verdict[]] = [
  'active',
  'inactive',
  'active',
  'restricted',
  'unknown',
  'active',
  'untested',
  'published-example',
  'active',
  'canary',
  'public-by-design',
  'inactive',
];
/** Every eighth package of the ordinary ones carries tokens, every twentieth of the tiny ones. */
const ORDINARY_PLANTED = 8;
const TINY_PLANTED = 20;

export function populate(registry: RegistryId, population: Population): WorldPackage[] {
  const { scale, seed } = population;
  const draw = createDraw(`${seed} ${registry}`);
  const quirks = QUIRKS[registry];
  const newName = createNamer(
    registry,
    draw,
    quirks.map((one) => one.name),
  );
  const wishes = createWishes(registry);
  const size = SIZES[registry];
  const plans: PackagePlan[] = [...quirks];
  for (let count = 0; count < Math.max(1, Math.round(size.ordinary * scale)); count += 1) {
    const carries = count % ORDINARY_PLANTED === 3 ? wishes() : [];
    plans.push(ordinaryPlan(registry, newName(), carries, draw));
  }
  for (let count = 0; count < Math.round(size.tiny * scale); count += 1) {
    plans.push(tinyPlan(newName(), count % TINY_PLANTED === 7 ? wishes().slice(0, 1) : []));
  }
  const unranked = new Set(plans.filter((plan) => plan.ranked === 'never'));
  const ordinary = draw.shuffled(plans.filter((plan) => plan.ranked === undefined));
  for (const plan of ordinary.slice(0, Math.min(Math.round(size.unranked * scale), ordinary.length - 1))) unranked.add(plan);
  const top = plans.filter((plan) => plan.ranked === 'top');
  const others = ordinary.filter((plan) => !unranked.has(plan));
  // Tiny packages fill the lower places, so the first hundred are of those with a history.
  const order = [...top, ...others.filter((plan) => plan.tiny !== true), ...others.filter((plan) => plan.tiny === true)];
  let turn = 0;
  const nextTurn = () => turn++;
  const downloads = downloadsOf(registry, order);
  const packages = plans.map((plan, index) => {
    const count = downloads.get(plan) ?? draw.int(5);
    return make(registry, plan, count, index, { ...population, draw, nextTurn });
  });
  return placed(packages, unranked, plans);
}

/** One or several wishes at a time; the verdicts come in turns, so that every registry shows all of them. */
function createWishes(registry: RegistryId): () => PlantWish[] {
  let turn = 0;
  let packages = 0;
  return () => {
    packages += 1;
    return Array.from({ length: packages % 3 === 0 ? 2 + (packages % 2) : 1 }, () => {
      const verdict = VERDICT_TURNS[turn % VERDICT_TURNS.length] ?? VERDICT_TURNS[0];
      turn += 1;
      return { seed: `${registry} ${turn}`, verdict };
    });
  };
}

/** Few packages have most of the downloads; every twelfth has as many as the one before it, so that there are ties. */
function downloadsOf(registry: RegistryId, order: readonly PackagePlan[]): Map<PackagePlan, number> {
  const most = { rubygems: 1_900_000_000, nuget: 6_100_000_000, pypi: 1_400_000_000, npm: 2_300_000_000 }[registry];
  const downloads = new Map<PackagePlan, number>();
  for (const [index, plan] of order.entries()) {
    const place = index % 12 === 11 ? index - 1 : index;
    downloads.set(plan, Math.round(most / (place + 1) ** 1.1) + 1000);
  }
  return downloads;
}

/** Ranks by downloads; equal downloads by the registry's key in code-unit order. */
function placed(
  packages: readonly WorldPackage[],
  unranked: ReadonlySet<PackagePlan>,
  plans: readonly PackagePlan[],
): WorldPackage[] {
  const ranked = packages.filter((_, index) => !unranked.has(plans[index] as PackagePlan));
  const keyOf = (one: WorldPackage) => rankingKey(one.registry, one.name);
  ranked.sort((a, b) => b.downloads - a.downloads || (keyOf(a) < keyOf(b) ? -1 : 1));
  const ranks = new Map(ranked.map((one, index) => [one, index + 1]));
  return packages.map((one) => ({ ...one, rank: ranks.get(one) ?? null }));
}

function rankingKey(registry: RegistryId, name: string): string {
  if (registry === 'pypi') return name.toLowerCase().replace(/[-_.]+/g, '-');
  return registry === 'nuget' ? name.toLowerCase() : name;
}

interface Making extends Population {
  readonly draw: Draw;
  readonly nextTurn: () => number;
}

function make(registry: RegistryId, plan: PackagePlan, downloads: number, index: number, making: Making): WorldPackage {
  const plants: Plant[] = [];
  // Other seeds, other tokens; equal wishes of one world are one token.
  const planted = (wish: PlantWish) => making.plant({ ...wish, seed: `${making.seed} ${wish.seed}` });
  const releases = plan.releases.map((release, position): WorldRelease => {
    const own = (release.carries ?? []).map(planted);
    const artifacts = (release.artifacts ?? usualArtifacts(registry)).map((artifact) => {
      const extra = (artifact.carries ?? []).map(planted);
      if (release.version === plan.latest && artifact.representative !== false) plants.push(...own, ...extra);
      const files = () => filesOf(registry, plan.name, [...own, ...extra], making.nextTurn, plan.tiny === true, making.draw);
      return { artifact, extra, files };
    });
    return {
      version: release.version,
      publishedAt: publishedAt(index, position),
      prerelease: release.prerelease === true,
      withdrawn: release.withdrawn === true,
      artifacts: artifactsOf(registry, plan.name, release, artifacts),
    };
  });
  const distinct = [...new Map(plants.map((one) => [JSON.stringify([one.format, one.secrets]), one])).values()];
  const noRelease = plan.noRelease ?? null;
  return { registry, name: plan.name, downloads, rank: null, releases, latest: plan.latest, noRelease, plants: distinct };
}

interface FilledArtifact {
  readonly artifact: ArtifactPlan;
  readonly extra: readonly Plant[];
  readonly files: () => WorldArtifact['files'];
}

/** Artifacts of a release without tokens of their own hold the same files. */
function artifactsOf(
  registry: RegistryId,
  name: string,
  release: ReleasePlan,
  filled: readonly FilledArtifact[],
): WorldArtifact[] {
  let common: WorldArtifact['files'] | null = null;
  return filled.map(({ artifact, extra, files }) => {
    const content = extra.length > 0 ? files() : (common ??= files());
    const kind = kindOf(registry, artifact);
    return { kind, platform: artifact.platform, filename: filenameOf(kind, name, release.version, artifact), files: content };
  });
}

function usualArtifacts(registry: RegistryId): readonly ArtifactPlan[] {
  if (registry !== 'pypi') return [{ platform: '' }];
  return [
    { kind: 'wheel', platform: 'py3-none-any' },
    { kind: 'sdist', platform: '' },
  ];
}

function kindOf(registry: RegistryId, artifact: ArtifactPlan): WorldArtifact['kind'] {
  switch (registry) {
    case 'rubygems':
      return 'gem';
    case 'nuget':
      return 'nupkg';
    case 'pypi':
      return artifact.kind ?? 'sdist';
    default:
      return 'npm';
  }
}

function filenameOf(kind: WorldArtifact['kind'], name: string, version: string, artifact: ArtifactPlan): string {
  switch (kind) {
    case 'gem':
      return `${name}-${version}${artifact.platform === '' ? '' : `-${artifact.platform}`}.gem`;
    case 'nupkg':
      return `${name}.${version.replace(/\+.*/, '')}.nupkg`.toLowerCase();
    case 'wheel':
      return `${name.toLowerCase().replace(/[-_.]+/g, '_')}-${version}-${artifact.platform}.whl`;
    case 'npm':
      return `${name.replace(/^@[^/]*\//, '')}-${version}.tgz`;
    default:
      return `${name.toLowerCase().replace(/[-_.]+/g, '_')}-${version}.${artifact.extension ?? 'tar.gz'}`;
  }
}

/** Some hours apart, in the order of publication, all before the year the demo plays in. */
function publishedAt(index: number, position: number): string {
  const start = Date.UTC(2024, 0, 1) + (index % 500) * 3_600_000;
  return new Date(start + position * 86_400_000 * 3 + (index % 60) * 1000).toISOString().replace('.000Z', 'Z');
}

/** From tokens, verdicts and the packages that carry them to the counts of policies, verdicts, services and clusters. */
import type { Reader } from '../database.ts';
import { FAMILIES, REGISTRY_IDS, TIERS, VERDICTS, type Family, type RegistryId, type Tier, type Verdict } from '../model.ts';
import { POLICIES, type PolicyId } from '../policies.ts';
import type { ClusterCounts, PolicyCounts, ServiceCell, TokenCounts, VerdictCounts } from './aggregates.ts';
import { POLICY_SCOPES, type PolicyScope } from './policy-scope.ts';

/** One package that carries one token. */
interface Carrier {
  readonly packageId: number;
  readonly registry: RegistryId;
  readonly tier: Tier;
  readonly tokenId: number;
  readonly service: string;
  readonly family: Family;
  readonly verdict: Verdict;
  readonly policy: string | null;
}

/** Clusters kept of each policy. */
const CLUSTERS = 50;

export async function countTokens(db: Reader, run: number): Promise<TokenCounts> {
  const counting = new Counting();
  for await (const carriers of readCarriers(db, run)) for (const carrier of carriers) counting.add(carrier);
  return counting.result();
}

/** Every package with every token it carries, once, whatever number of files and places. Reads along the tokens, in pages. */
async function* readCarriers(db: Reader, run: number, pageSize = 5000): AsyncGenerator<readonly Carrier[]> {
  let after = 0;
  while (true) {
    const tokens = await db
      .selectFrom('verdict')
      .select('token_id')
      .where('run_id', '=', run)
      .where('token_id', '>', after)
      .orderBy('token_id')
      .limit(pageSize)
      .execute();
    const last = tokens.at(-1)?.token_id;
    if (last === undefined) return;
    // Cross joins keep the order in which the tables are named: from the tokens to their few packages. Left to itself, a planner
    // without statistics begins with the packages and looks at every token for each of them.
    yield await db
      .selectFrom('verdict')
      .crossJoin('token')
      .crossJoin('occurrence')
      .crossJoin('analysis')
      .crossJoin('selection')
      .select(['selection.package_id as packageId', 'selection.registry', 'selection.tier', 'verdict.token_id as tokenId'])
      .select(['token.service', 'verdict.family', 'verdict.verdict', 'verdict.policy'])
      .distinct()
      .where('verdict.run_id', '=', run)
      .where('verdict.token_id', '>', after)
      .where('verdict.token_id', '<=', last)
      .whereRef('token.id', '=', 'verdict.token_id')
      .whereRef('occurrence.token_id', '=', 'verdict.token_id')
      .whereRef('analysis.scan_id', '=', 'occurrence.scan_id')
      .whereRef('analysis.run_id', '=', 'verdict.run_id')
      .whereRef('selection.run_id', '=', 'verdict.run_id')
      .whereRef('selection.package_id', '=', 'analysis.package_id')
      .execute();
    after = last;
  }
}

/** What is known of a package that carries tokens. */
interface Carrying {
  readonly registry: RegistryId;
  readonly tier: Tier;
  readonly policies: Set<string>;
  /** Families with an undecided token. */
  readonly open: Set<Family>;
  /** `policy` of each accepted (not only recognised) token. */
  readonly active: Set<string>;
}

class Counting {
  readonly #packages = new Map<number, Carrying>();
  readonly #verdicts = new Tally();
  readonly #services = new Tally();
  readonly #clusters = new Map<string, { readonly carrier: Carrier; readonly packages: Map<RegistryId, number> }>();

  add(carrier: Carrier): void {
    const { packageId, registry, tokenId, service, family, verdict, policy } = carrier;
    const known = this.#packageOf(carrier);
    for (const kind of [family, 'any']) this.#verdicts.add([registry, kind, verdict], tokenId, packageId);
    if (verdict === 'unknown') known.open.add(family);
    if (policy === null) return;
    known.policies.add(policy);
    if (verdict === 'active') known.active.add(policy);
    for (const where of [registry, 'all']) this.#services.add([policy, service, where], tokenId, packageId);
    const cluster = this.#clusters.get(`${policy} ${tokenId}`) ?? { carrier, packages: new Map<RegistryId, number>() };
    cluster.packages.set(registry, (cluster.packages.get(registry) ?? 0) + 1);
    this.#clusters.set(`${policy} ${tokenId}`, cluster);
  }

  result(): TokenCounts {
    return {
      policies: this.#policies(),
      verdicts: this.#verdictCounts(),
      cells: this.#cells(),
      clusters: this.#largestClusters(),
    };
  }

  #packageOf({ packageId, registry, tier }: Carrier): Carrying {
    const known = this.#packages.get(packageId);
    if (known !== undefined) return known;
    const fresh: Carrying = { registry, tier, policies: new Set(), open: new Set(), active: new Set() };
    this.#packages.set(packageId, fresh);
    return fresh;
  }

  #policies(): readonly PolicyCounts[] {
    const counts = new Map<string, { -readonly [K in keyof PolicyCounts]: PolicyCounts[K] }>();
    for (const one of this.#packages.values()) {
      for (const scope of POLICY_SCOPES) {
        const isDetected = one.policies.has(scope.policy);
        const isOpen = !isDetected && isLeftOpen(scope, one.open);
        if (!isDetected && !isOpen) continue;
        const { registry, tier } = one;
        const key = `${registry} ${tier} ${scope.policy}`;
        const count = counts.get(key) ?? { registry, tier, policy: scope.policy, detections: 0, restrictedOnly: 0, undecided: 0 };
        if (isDetected) count.detections += 1;
        else count.undecided += 1;
        if (isDetected && scope.verdicts.includes('restricted') && !one.active.has(scope.policy)) count.restrictedOnly += 1;
        counts.set(key, count);
      }
    }
    return inOrder([...counts.values()], (one) => [
      REGISTRY_IDS.indexOf(one.registry),
      TIERS.indexOf(one.tier),
      POLICIES.findIndex(({ id }) => id === one.policy),
    ]);
  }

  #verdictCounts(): readonly VerdictCounts[] {
    const rows: VerdictCounts[] = [];
    for (const { keys, tokens, packages } of this.#verdicts.rows()) {
      const [registry, family, verdict] = keys;
      rows.push({
        registry: asRegistry(registry),
        family: asFamily(family),
        verdict: asVerdict(verdict),
        tokens,
        packages,
      });
    }
    return inOrder(rows, (one) => [REGISTRY_IDS.indexOf(one.registry), VERDICTS.indexOf(one.verdict), one.family]);
  }

  #cells(): readonly ServiceCell[] {
    const rows: ServiceCell[] = [];
    for (const { keys, tokens, packages } of this.#services.rows()) {
      const [policy, service = '', where] = keys;
      const registry = where === 'all' ? 'all' : asRegistry(where);
      rows.push({ policy: asPolicy(policy), service, registry, tokens, packages });
    }
    return inOrder(rows, (one) => [one.policy, one.service, one.registry]);
  }

  #largestClusters(): readonly ClusterCounts[] {
    const all: ClusterCounts[] = [];
    for (const { carrier, packages } of this.#clusters.values()) {
      const { policy, service, verdict } = carrier;
      const count = [...packages.values()].reduce((sum, one) => sum + one, 0);
      if (count < 2 || policy === null) continue;
      const registries = Object.fromEntries(
        REGISTRY_IDS.flatMap((id) => (packages.has(id) ? [[id, packages.get(id) ?? 0]] : [])),
      );
      all.push({ policy: asPolicy(policy), service, verdict, packages: count, registries });
    }
    const sorted = inOrder(all, (one) => [one.policy, -one.packages, one.service, one.verdict, JSON.stringify(one.registries)]);
    const kept = new Map<PolicyId, number>();
    return sorted.filter(({ policy }) => {
      const place = (kept.get(policy) ?? 0) + 1;
      kept.set(policy, place);
      return place <= CLUSTERS;
    });
  }
}

function isLeftOpen({ isLeftOpen: canBe, families }: PolicyScope, open: ReadonlySet<Family>): boolean {
  return canBe && families.some((family) => open.has(family));
}

/** Distinct tokens and packages by a list of keys. */
class Tally {
  readonly #sets = new Map<
    string,
    { readonly keys: readonly string[]; readonly tokens: Set<number>; readonly packages: Set<number> }
  >();

  add(keys: readonly string[], token: number, packageId: number): void {
    const name = keys.join('\0');
    const sets = this.#sets.get(name) ?? { keys, tokens: new Set<number>(), packages: new Set<number>() };
    sets.tokens.add(token);
    sets.packages.add(packageId);
    this.#sets.set(name, sets);
  }

  *rows(): Generator<{ readonly keys: readonly string[]; readonly tokens: number; readonly packages: number }> {
    for (const { keys, tokens, packages } of this.#sets.values()) yield { keys, tokens: tokens.size, packages: packages.size };
  }
}

/** By several keys, so that the same run gives the same rows in the same order, whatever the order of work was. */
function inOrder<T>(rows: readonly T[], keys: (row: T) => readonly (string | number)[]): readonly T[] {
  return rows.toSorted((a, b) => {
    const [left, right] = [keys(a), keys(b)];
    const at = left.findIndex((one, index) => one !== right[index]);
    return at === -1 ? 0 : (left[at] ?? 0) < (right[at] ?? 0) ? -1 : 1;
  });
}

function asRegistry(value: string | undefined): RegistryId {
  const found = REGISTRY_IDS.find((one) => one === value);
  if (found === undefined) throw new Error(`no registry ${value ?? ''}`);
  return found;
}

function asFamily(value: string | undefined): Family | 'any' {
  const found = FAMILIES.find((one) => one === value);
  if (found === undefined && value !== 'any') throw new Error(`no family ${value ?? ''}`);
  return found ?? 'any';
}

function asVerdict(value: string | undefined): Verdict {
  const found = VERDICTS.find((one) => one === value);
  if (found === undefined) throw new Error(`no verdict ${value ?? ''}`);
  return found;
}

function asPolicy(value: string | undefined): PolicyId {
  const found = POLICIES.find((one) => one.id === value);
  if (found === undefined) throw new Error(`no policy ${value ?? ''} in the catalogue`);
  return found.id;
}

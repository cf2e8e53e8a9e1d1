import { expect, test } from 'vitest';
import { REGISTRY_IDS, type RegistryId } from '../data/model.ts';
import { overCeiling, planOf, type PlanInput } from './plan.ts';
import { COSTS } from './plan/costs.ts';
import { REGISTRIES } from './registries/index.ts';
import type { Registry } from './registry.ts';

function registryOf(id: RegistryId): Registry {
  const found = (REGISTRIES as readonly Registry[]).find((one) => one.id === id);
  if (found === undefined) throw new Error(`no registry ${id}`);
  return found;
}

function plan(id: RegistryId, more: Partial<PlanInput> = {}) {
  const { budgets } = registryOf(id);
  const sample = { kind: 'count', count: 20_000 } as const;
  return planOf({ registry: id, frameSize: null, sample, artifacts: 'representative', budgets, ...more });
}

test('tiers and 20 000 unranked packages of each registry: the rate decides, and it takes days', () => {
  const plans = REGISTRY_IDS.map((id) => plan(id));
  expect(plans.map(({ packages, selected }) => [packages, selected])).toEqual([
    [183_000, 30_000],
    [644_000, 30_000],
    [628_000, 30_000],
    [3_720_000, 30_000],
  ]);
  const rows = plans.flatMap(({ hosts }) => hosts.map((host) => [host.registry, host.role, host.requests, host.binding]));
  expect(rows).toEqual([
    ['rubygems', 'index', 30_001, 'rate'],
    ['rubygems', 'gems', 30_000, 'rate'],
    ['rubygems', 'api', 358, 'rate'],
    ['nuget', 'index', 2 + 23_091 + 90_000, 'rate'],
    ['nuget', 'search', 64, 'rate'],
    ['pypi', 'index', 30_001, 'rate'],
    ['pypi', 'files', 60_000, 'rate'],
    ['pypi', 'top-list', 1, 'rate'],
    ['npm', 'registry', 60_002, 'rate'],
    ['npm', 'replicate', 374, 'rate'],
    ['npm', 'api', 24, 'rate'],
  ]);
  const npm = plans[3]?.hosts[0];
  expect(npm?.days).toBeCloseTo(60_002 / 1.6 / 86_400, 9);
  expect(npm?.bytes).toBe(30_000 * (730_020 + 3_000) + 28_000_000);
});

test('a census of npm asks for more than its ceiling, and no other census does', () => {
  const census = REGISTRY_IDS.map((id) => plan(id, { sample: { kind: 'all' } }));
  const over = census.flatMap(overCeiling);
  expect(over.map(({ registry, role, requests, binding }) => [registry, role, requests, binding])).toEqual([
    ['npm', 'registry', 7_440_002, 'ceiling'],
  ]);
  expect(over[0]?.daysByCeiling).toBeCloseTo((30 * 7_440_002) / 4_500_000, 9);
  // Slower than the ceiling alone would let it be: the rate spreads less than the ceiling over 30 days.
  expect(over[0]?.days).toBe(over[0]?.daysByRate);
});

test('at a rate that would pass the ceiling, the ceiling decides about the days as well', () => {
  const fast = plan('npm', { sample: { kind: 'all' }, rates: { registry: 20 } }).hosts[0];
  expect(fast?.days).toBeCloseTo(49.6, 3);
  expect(fast?.daysByRate).toBeLessThan(5);
});

test('what was asked in the last 30 days counts, and what is done does not', () => {
  const exact = plan('npm', { used: { registry: 4_500_000 - 60_002 } });
  expect(exact.hosts[0]).toMatchObject({ left: 60_002, binding: 'rate', daysByCeiling: null });
  const one = plan('npm', { used: { registry: 4_500_000 - 60_001 } });
  expect(one.hosts[0]).toMatchObject({ left: 60_001, binding: 'ceiling' });
  expect(plan('npm', { used: { registry: 9_000_000 } }).hosts[0]?.left).toBe(0);
  const rest = plan('npm', { done: { listed: true, ranked: true, pending: 10 }, used: { registry: 4_500_000 - 60_001 } });
  expect(rest).toMatchObject({ selected: 10, hosts: [{ role: 'registry', requests: 20, binding: 'rate' }] });
});

test('measured sizes stand in for published ones', () => {
  const measured = plan('pypi', { measured: { artifactsPerRelease: 1.5, meanArtifactBytes: 200_000 } });
  expect(measured.hosts.find((host) => host.role === 'files')).toMatchObject({ requests: 45_000, bytes: 9_000_000_000 });
});

test('a frame without unranked packages, an empty frame, and a sample that is too large', () => {
  const all = { sample: { kind: 'all' } } as const;
  expect(plan('rubygems', { ...all, frameSize: 7_000 }).selected).toBe(7_000);
  expect(plan('rubygems', { ...all, frameSize: 0 })).toMatchObject({ selected: 0, packages: 0 });
  expect(() => plan('rubygems', { frameSize: 20_000 })).toThrow('larger than the 10000 unranked packages');
});

test('costs name origins that their registries have, and say where they come from', () => {
  for (const id of REGISTRY_IDS) {
    const costs = COSTS[id];
    const all = [costs.listing(1), costs.ranking, costs.release, costs.artifacts.representative, costs.artifacts.all];
    for (const { role, source, requests, meanBytes } of all) {
      expect(Object.keys(registryOf(id).origins)).toContain(role);
      expect(source).not.toBe('');
      expect(requests).toBeGreaterThan(0);
      expect(meanBytes).toBeGreaterThan(0);
    }
  }
});

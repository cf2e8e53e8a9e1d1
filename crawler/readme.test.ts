/** What the README says of origins and budgets is what the adapters say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REGISTRY_LABELS } from '../data/model.ts';
import { REGISTRIES } from './registries/index.ts';
import type { Registry } from './registry.ts';

const BEGIN = '<!-- budgets: begin -->\n';
const END = '<!-- budgets: end -->';

function table(): string {
  const head = ['registry', 'role', 'a second', 'at a time', 'in 30 days', 'source'];
  const registries: readonly Registry[] = REGISTRIES;
  const rows = registries.flatMap((registry) => Object.keys(registry.origins).map((role) => row(registry, role)));
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

function row(registry: Registry, role: string): string[] {
  const { perSecond, concurrency, per30Days, source } = registry.budgets.find((one) => one.origin === role) ?? {
    perSecond: '?',
    concurrency: '?',
    per30Days: null,
    source: 'no budget',
  };
  const ceiling = per30Days === null ? '' : per30Days.toLocaleString('en').replaceAll(',', ' ');
  return [REGISTRY_LABELS[registry.id], `\`${role}\``, String(perSecond), String(concurrency), ceiling, source];
}

test('the table of origins and budgets is up to date: replace what stands between the marks by what is expected here', () => {
  const text = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const written = text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END));
  expect(written).toBe(table());
});

test('every origin has a budget, and every budget an origin and a source', () => {
  for (const registry of REGISTRIES as readonly Registry[]) {
    expect([registry.id, registry.budgets.map((one) => one.origin).sort()]).toEqual([
      registry.id,
      Object.keys(registry.origins).sort(),
    ]);
    for (const budget of registry.budgets) expect(budget.source).not.toBe('');
  }
});

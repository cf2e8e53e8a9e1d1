/**
 * No pattern, companions included, takes more than linear time: scslre, an analyser of others' making, finds nothing in
 * them. It looks at repetition without end only, so the ends of ours are lifted first: what is linear without them is
 * linear with them.
 */
import { analyse } from 'scslre';
import { expect, test } from 'vitest';
import { compileRules } from '../detect/rules.ts';
import { SERVICES } from './index.ts';

/** Fewer repetitions more or less than that make no pattern slow. */
const FEW = 4;

function reportsOn(source: string, flags: string): readonly string[] {
  const { reports } = analyse({ source, flags }, { assumeRejectingSuffix: true, reportTypes: { Move: false } });
  return reports.map(({ type, character }) => `${type} on ${character.pick} repeated, in ${source}`);
}

function lifted({ source }: RegExp): string {
  return source.replaceAll(/\{(\d+),(\d+)\}/g, (all, least: string, most: string) =>
    Number(most) - Number(least) < FEW ? all : `{${least},}`,
  );
}

const { rules } = compileRules(SERVICES);

test('the analyser sees what would take long', () => {
  expect(reportsOn(lifted(/key[a-z]{1,40}[a-z0-9]{2,50}=/), '')).not.toEqual([]);
  expect(reportsOn(lifted(/key.{0,40}=.{0,40}'/), '')).not.toEqual([]);
  expect(rules.filter(({ pattern }) => lifted(pattern) !== pattern.source).length).toBeGreaterThan(100);
});

test('no pattern takes more than linear time', () => {
  expect(rules.flatMap(({ pattern }) => reportsOn(lifted(pattern), pattern.flags.replaceAll(/[dg]/g, '')))).toEqual([]);
});

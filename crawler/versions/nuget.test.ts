import { array, assert, constantFrom, nat, oneof, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareNugetVersions, isNugetPrerelease, lowerNugetId, normalNugetVersion, parseNugetVersion } from './nuget.ts';

function parsed(text: string) {
  const version = parseNugetVersion(text);
  if (version === null) throw new Error(`${text} does not parse`);
  return version;
}

function compare(a: string, b: string): number {
  return compareNugetVersions(parsed(a), parsed(b));
}

const label = oneof(nat(20).map(String), constantFrom('alpha', 'BETA', 'beta', 'rc-1', '007', 'x-y-z'));
const version = tuple(
  array(nat(12), { minLength: 1, maxLength: 4 }),
  array(label, { maxLength: 3 }),
  constantFrom('', '+build.5', '+0ab'),
).map(([numbers, labels, build]) => `${numbers.join('.')}${labels.length > 0 ? `-${labels.join('.')}` : ''}${build}`);

describe('NuGet versions', () => {
  test('are ordered as Semantic Versioning 2 orders them, with a fourth number', () => {
    const ascending = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-ALPHA.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-beta.2147483647',
      // A word of digits for NuGet, as the one behind it.
      '1.0.0-beta.20260101000000',
      '1.0.0-beta.2147483648',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.0.1',
      '1.0.0.10',
      '1.0.1',
      '1.9',
      '1.10',
      '2.0.0-0',
      '2',
    ];
    expect(ascending.toReversed().sort(compare)).toEqual(ascending);
  });

  test.each([
    ['1.0', '1.0.0.0'],
    ['1.0.0-Beta', '1.0.0-bETA'],
    ['1.0.0+a', '1.0.0+b'],
    ['1.01.0', '1.1'],
  ])('%s equals %s', (a, b) => {
    expect(compare(a, b)).toBe(0);
  });

  test.each([
    '',
    'v1',
    '1.',
    '1.0.0.0.0',
    '1.0-',
    '1.0-a..b',
    ' 1.0',
    '1.0\n',
    '99999999999.0',
    '-1',
    `1.0.0-${'a'.repeat(300)}`,
  ])('%j is none', (text) => {
    expect(parseNugetVersion(text)).toBeNull();
  });

  test.each([
    ['1', '1.0.0'],
    ['1.02.3.0', '1.2.3'],
    ['1.2.3.4', '1.2.3.4'],
    ['1.0.0-Beta.1+Build', '1.0.0-beta.1'],
    ['8.0.0+sha', '8.0.0'],
  ])('%s is %s in a URL', (text, normal) => {
    expect(normalNugetVersion(parsed(text))).toBe(normal);
  });

  test('the order is total, and the normal form keeps the place', () => {
    assert(
      property(version, version, version, (a, b, c) => {
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
        expect(compare(a, normalNugetVersion(parsed(a)))).toBe(0);
        expect(isNugetPrerelease(parsed(a))).toBe(a.replace(/\+.*/, '').includes('-'));
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

test.each([
  ['Newtonsoft.Json', 'newtonsoft.json'],
  ['IİIı', 'iİiı'],
  ['GRÖSSE', 'grösse'],
  ['ΑΣ', 'ασ'],
])('the id %s is %s in a URL', (id, lower) => {
  expect(lowerNugetId(id)).toBe(lower);
});

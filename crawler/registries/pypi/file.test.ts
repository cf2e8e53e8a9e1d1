import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindOf, sha256Of, versionOf } from './file.ts';
import { normalise } from './name.ts';
import { byPreference, isPrerelease } from './version.ts';

test.each([
  ['demo_pkg-1.2.0-py3-none-any.whl', 'demo-pkg', '1.2.0'],
  ['demo_pkg-1.2.0-1-py3-none-any.whl', 'demo-pkg', '1.2.0'],
  ['demo-pkg-1.2.0.tar.gz', 'demo-pkg', '1.2.0'],
  ['Demo.Pkg-1.2.0.tar.bz2', 'demo-pkg', '1.2.0'],
  ['demo-pkg-1.2.0-beta-2.zip', 'demo-pkg', '1.2.0-beta-2'],
  ['demo_pkg-1.2.0-py2.7.egg', 'demo-pkg', '1.2.0'],
  ['demo-pkg-1.2.0.win32-py2.7.exe', 'demo-pkg', '1.2.0'],
  ['demo-pkg-1.2.0.win-amd64.msi', 'demo-pkg', '1.2.0'],
  ['demo-1.0.tar.gz', 'demo-pkg', null],
  ['demo-pkg.tar.gz', 'demo-pkg', null],
  ['demo-pkg-.tar.gz', 'demo-pkg', null],
  ['README', 'readme', null],
])('%s of %s is version %s', (filename, key, version) => {
  expect(versionOf(filename, key)).toBe(version);
});

test('any sdist gives its version back, however its name is written', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9]+(?:[-_.]{1,2}[A-Za-z0-9]+){0,3}$/);
  const version = fc.stringMatching(/^[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}(?:(?:a|b|rc)[0-9])?(?:-[0-9])?$/);
  fc.assert(
    fc.property(name, version, fc.constantFrom('.tar.gz', '.zip', '.tar.bz2', '.tgz'), (name, version, suffix) => {
      expect(versionOf(`${name}-${version}${suffix}`, normalise(name))).toBe(version);
    }),
  );
});

test.each([
  ['a-1.tar.gz', undefined, 'sdist'],
  ['a-1.tar.Z', undefined, 'sdist'],
  ['a-1.linux-x86_64.tar.gz', undefined, 'other'],
  ['a-1.tar.gz', 'bdist_dumb', 'other'],
  ['a-1.zip', 'sdist', 'sdist'],
  ['a-1-py3-none-any.whl', undefined, 'wheel'],
  ['a-1-py2.7.egg', undefined, 'egg'],
  ['a-1.exe', undefined, 'other'],
])('%s (%s) is of kind %s', (filename, packagetype, kind) => {
  expect(kindOf(filename, packagetype)).toBe(kind);
});

test('only a whole SHA-256 is a digest', () => {
  expect(sha256Of('A'.repeat(64))).toEqual({ algorithm: 'sha256', hex: 'a'.repeat(64) });
  for (const bad of ['a'.repeat(63), 'g'.repeat(64), '', null, 7]) expect(sha256Of(bad)).toBeNull();
});

test('the order of preference is one order, whatever is compared', () => {
  const version = fc.constantFrom(
    '1.0',
    '1.0.0',
    '2.0a1',
    '2.0.dev1',
    '1!0.1',
    '1.0.post1',
    '1.0+local',
    'nonsense',
    'older-nonsense',
    '',
  );
  const candidate = fc.record({ version, yanked: fc.boolean() });
  fc.assert(
    fc.property(candidate, candidate, candidate, (a, b, c) => {
      expect(Math.sign(byPreference(a, b)) + Math.sign(byPreference(b, a))).toBe(0);
      if (byPreference(a, b) <= 0 && byPreference(b, c) <= 0) expect(byPreference(a, c)).toBeLessThanOrEqual(0);
    }),
  );
  const best = [
    { version: 'nonsense', yanked: false },
    { version: '9.0', yanked: true },
    { version: '3.0rc1', yanked: false },
    { version: '2.0', yanked: false },
  ].sort(byPreference);
  expect(best.map((one) => one.version)).toEqual(['2.0', 'nonsense', '3.0rc1', '9.0']);
  expect(['1.0a1', '1.0.dev1', '1.0', '1.0.post1', 'nonsense'].map(isPrerelease)).toEqual([true, true, false, false, false]);
});

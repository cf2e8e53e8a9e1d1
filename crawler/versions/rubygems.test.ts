import { gt } from '@renovatebot/ruby-semver';
import { array, assert, constantFrom, nat, oneof, property, sample } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toolNamed } from '../stand-in/tool.ts';
import { compareGemVersions, isGemPrerelease, isGemVersion } from './rubygems.ts';

const ASCENDING = ['0.1.0.alpha', '0.1.0.beta2', '0.1.0.beta10', '0.1.0', '0.9', '0.10', '1.a', '1.0.0.rc1', '1', '1.0.1', '2'];

const segment = oneof(nat(30).map(String), constantFrom('a', 'b', 'rc', 'rc1', 'pre', 'beta10', 'Z', 'RC', '-x'));
const version = array(segment, { maxLength: 4 }).chain((rest) =>
  nat(3).map((first) => [first, ...rest].join('.').replaceAll('.-', '-')),
);

describe('gem versions', () => {
  test('are ordered by segments, letters before numbers', () => {
    expect(ASCENDING.toReversed().sort(compareGemVersions)).toEqual(ASCENDING);
  });

  test.each([
    ['1.0', '1'],
    ['1.0.0.a', '1.a'],
    ['1-a', '1.pre.a'],
  ])('%s equals %s', (a, b) => {
    expect(compareGemVersions(a, b)).toBe(0);
  });

  test.each([
    ['1.0', true, false],
    ['1.0.b', true, true],
    ['1-x', true, true],
    ['', false, null],
    ['a.1', false, null],
    ['1..2', false, null],
    ['1.0 ', false, null],
    ['1\n', false, null],
    [`1.${'0'.repeat(300)}`, false, null],
  ])('%j: valid %s, pre-release %s', (version, valid, prerelease) => {
    expect(isGemVersion(version)).toBe(valid);
    if (prerelease !== null) expect(isGemPrerelease(version)).toBe(prerelease);
  });

  test('agree with the port where no word has capitals', () => {
    assert(
      property(version, version, (a, b) => {
        const [first, second] = [a.toLowerCase(), b.toLowerCase()];
        expect(compareGemVersions(first, second) > 0).toBe(gt(first, second));
      }),
      { seed: 3, numRuns: 1000 },
    );
  });

  const ruby = toolNamed('ruby');
  test.skipIf(ruby.isMissing)(ruby.titled("stand in the order of ruby's own Gem::Version"), () => {
    const versions = sample(version, { numRuns: 2000, seed: 7 });
    const script = 'v = STDIN.read.split("\\n").map { |t| Gem::Version.new(t) }; v.each_cons(2) { |a, b| puts a <=> b }';
    const told = ruby.run(['-e', script], { input: versions.join('\n') }).toString('utf8');
    const ours = versions.slice(1).map((one, index) => Math.sign(compareGemVersions(versions[index] ?? '', one)));
    expect(ours).toEqual(told.trim().split('\n').map(Number));
  });
});

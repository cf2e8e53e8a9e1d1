import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fingerprinter } from '../secret.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Format, Service } from '../service.ts';
import type { Candidate } from './candidate.ts';
import { createDetector, MOST_CANDIDATES, type Detector } from './detector.ts';
import { acmeKey, INVENTED, inventedService, keyed, middling, paired, prefixed } from './invented-services.ts';

const fingerprinter = new Fingerprinter(Buffer.alloc(32, 3));
const detector = createDetector(INVENTED, { fingerprinter });
const random = seededRandom('detector');
const secret = (): string => random.text(32, 'abcdefghijklmnopqrstuvwxyz0123456789');
const id = (): string => `PKID${random.text(12, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;

function scan(content: string | Buffer, by: Detector = detector) {
  return scanAll({ 'src/index.js': content }, by);
}

function scanAll(entries: Readonly<Record<string, string | Buffer>>, by: Detector = detector) {
  const artifact = by.artifact();
  for (const [path, content] of Object.entries(entries)) {
    const entry = artifact.entry(['thing-1.0.0.tgz', path]);
    entry.push(Buffer.from(content));
    entry.end();
  }
  return artifact.finish();
}

function partsOf({ parts }: Candidate): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.reveal()]));
}

function only(services: readonly Service[]): Detector {
  return createDetector(services, { fingerprinter });
}

test('a candidate says what it is, where it stands, and nothing that helps to guess it', () => {
  const token = acmeKey(random);
  const { candidates, skipped } = scan(`// first\nlet k = '${token}';\n`);
  expect(skipped).toEqual([]);
  expect(candidates).toEqual([
    {
      service: 'acme',
      format: 'acme.key',
      family: 'token',
      parts: { token: expect.anything() },
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      redacted: 'acme_…',
      place: {
        path: ['thing-1.0.0.tgz', 'src/index.js'],
        line: 2,
        column: 10,
        offset: 18,
        length: 29,
        decoding: [],
        label: 'source',
      },
      unpaired: false,
      ambiguousWith: [],
    },
  ]);
  expect(candidates.map(partsOf)).toEqual([{ token }]);
  expect(JSON.stringify(candidates)).not.toContain(token.slice(6));
});

test('the family of the format comes before the one of the service', () => {
  const [found] = scan(`widget = "${'0123456789abcdef'.repeat(2)}"`).candidates;
  expect(found?.family).toBe('api-key');
});

test('equal tokens have equal fingerprints, and each place is told', () => {
  const token = acmeKey(random);
  const { candidates } = scanAll({ 'a.js': `${token}\n${token}`, 'test/b.js': `"${token}"` });
  expect(new Set(candidates.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  expect(candidates.map(({ place }) => [place.path[1], place.line, place.column, place.label])).toEqual([
    ['a.js', 1, 1, 'source'],
    ['a.js', 2, 1, 'source'],
    ['test/b.js', 1, 2, 'test'],
  ]);
});

describe('the same is found whatever the chunks and the zones', () => {
  const pieces = ['\n', ' ', '"', 'acme_', 'T3Fj', 'PKID', '\0', 'widget', ' word '];
  const content = fc.array(
    fc.oneof(
      fc.constantFrom(...pieces),
      fc.nat(1000).map((seed) => acmeKey(seededRandom(String(seed)))),
      fc.nat(1000).map((seed) => middling.samples(seededRandom(String(seed))).hits[0]?.text ?? ''),
      fc.nat(1000).map((seed) => paired.samples(seededRandom(String(seed))).hits[seed % 2]?.text ?? ''),
      fc.nat(1000).map((seed) => keyed.samples(seededRandom(String(seed))).hits[seed % 3]?.text ?? ''),
      fc.nat(1000).map((seed) => Buffer.from(` ${acmeKey(seededRandom(String(seed)))} `).toString('base64')),
      fc.nat(1000).map((seed) => Buffer.from(` ${acmeKey(seededRandom(String(seed)))} `, 'utf16le').toString('latin1')),
    ),
    { maxLength: 30 },
  );
  const tiny = createDetector(INVENTED, { fingerprinter, step: 64 });

  test('in any text', () => {
    fc.assert(
      fc.property(content, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (pieces, sizes) => {
        // Far enough in that zones have an end: a window holds that much before the first one has.
        const bytes = Buffer.from(`${' '.repeat(7000)}${pieces.join('')}${' '.repeat(7000)}`, 'latin1');
        const whole = scan(bytes);
        for (const by of [detector, tiny]) {
          const artifact = by.artifact();
          const entry = artifact.entry(['thing-1.0.0.tgz', 'src/index.js']);
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            entry.push(bytes.subarray(at, at + size));
            at += size;
          }
          entry.end();
          expect(artifact.finish()).toEqual(whole);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('as a scan of the whole text with the patterns alone', () => {
    fc.assert(
      fc.property(content, (pieces) => {
        const text = pieces.join('');
        const plain = scan(Buffer.from(text, 'latin1')).candidates.filter(({ place }) => place.decoding.length === 0);
        for (const format of [prefixed, middling, keyed]) {
          const offsets = [...text.matchAll(new RegExp(format.pattern, `dg${format.pattern.flags}`))].map(
            (match) => match.indices?.groups?.['token']?.[0],
          );
          const found = plain.filter((one) => one.format === format.id).map(({ place }) => place.offset);
          expect(found).toEqual(offsets);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('pairs', () => {
  test('the nearest companion of the entry, before or after, across chunks', () => {
    const [key, near, far] = [id(), secret(), secret()];
    const [after] = scan(`${far}${'.'.repeat(150)}${key} = ${near}`).candidates;
    expect(after && partsOf(after)).toEqual({ id: key, secret: near });
    const [before] = scan(`${near} ${key} ${'.'.repeat(100)} ${far}`).candidates;
    expect(before && partsOf(before)).toEqual({ id: key, secret: near });
  });

  test('optional ones are taken where they are and not missed where they are not', () => {
    const [key, one] = [id(), secret()];
    const [found] = scan(`region=eu-1 ${key} ${one}`).candidates;
    expect(found && partsOf(found)).toEqual({ id: key, secret: one, region: 'eu-1' });
    expect(found?.unpaired).toBe(false);
  });

  test('without its companion the candidate stays and says so', () => {
    const [found] = scan(`key ${id()} ${'.'.repeat(300)} ${secret()}`).candidates;
    expect(found?.unpaired).toBe(true);
    expect(Object.keys(found?.parts ?? {})).toEqual(['id']);
  });

  test('from elsewhere in the artifact, by its own literals, from the most similar path', () => {
    const [key, there, farther] = [id(), secret(), secret()];
    const { candidates } = scanAll({
      'docs/a.md': `pair_secret = ${farther}`,
      'lib/client/keys.js': `const id = "${key}"`,
      'lib/client/secrets.js': `PAIR_SECRET: "${there}"`,
    });
    expect(candidates.map(partsOf)).toEqual([{ id: key, secret: there }]);
  });

  test('in the same entry before any other entry', () => {
    const [key, here, there] = [id(), secret(), secret()];
    const { candidates } = scanAll({
      'a/b.js': `pair_secret=${there}`,
      'a/c.js': `${key}${'.'.repeat(4000)}pair_secret=${here}`,
    });
    expect(candidates.map(partsOf)).toEqual([{ id: key, secret: here }]);
  });

  test.each([
    ['id first', (key: string, part: string) => `id=${key}\nsecret=${part}\n`],
    ['secret first', (key: string, part: string) => `secret=${part}\nid=${key}\n`],
  ])('in a list each token gets its own, %s', (_, line) => {
    const pairs = [0, 1, 2].map(() => ({ id: id(), secret: secret() }));
    const { candidates } = scan(pairs.map((pair) => line(pair.id, pair.secret)).join(''));
    expect(candidates.map(partsOf)).toEqual(pairs);
  });

  test('of an id and its successor both are asked with the one secret there is', () => {
    const [old, current, one] = [id(), id(), secret()];
    const { candidates } = scan(`# ${old}\nid=${current}\nsecret=${one}\n`);
    expect(candidates.map(partsOf)).toEqual([
      { id: old, secret: one },
      { id: current, secret: one },
    ]);
  });

  test('a part of the token is no companion of it', () => {
    const self: Format = { ...paired, pattern: /(?<id>PKID[A-Z2-7]{28})(?![A-Z0-9])/, maxLength: 32 };
    const [found] = scan(`PKID${random.text(28, 'ABCDEFGH')}`, only([inventedService('pair', self)])).candidates;
    expect(found?.unpaired).toBe(true);
  });
});

describe('overlaps', () => {
  const token = `acme_${random.text(24, 'abcdefghij')}`;
  const format = (id: string, literal: string, pattern: RegExp): Format => ({
    ...prefixed,
    id,
    literals: [literal],
    pattern,
    accepts: () => true,
  });

  test('two services that claim the same bytes name each other', () => {
    const both = [
      inventedService('one', format('one.key', 'acme_', /(?<token>acme_[a-z]{24})(?![a-z])/)),
      inventedService('two', format('two.key', 'acme_', /(?<token>acme_[a-z]{24})(?![a-z])/)),
    ];
    expect(scan(token, only(both)).candidates.map((one) => [one.format, one.ambiguousWith])).toEqual([
      ['one.key', ['two.key']],
      ['two.key', ['one.key']],
    ]);
  });

  test('the longer fixed text wins where one covers the other', () => {
    const both = [
      inventedService('one', format('one.key', 'acm', /(?<token>acm[a-z_]{26})(?![a-z])/)),
      inventedService('two', format('two.key', 'acme_', /(?<token>acme_[a-z]{24})(?![a-z])/)),
    ];
    expect(scan(token, only(both)).candidates.map((one) => [one.format, one.ambiguousWith])).toEqual([['two.key', []]]);
  });

  test('but a shorter match does not take the bytes of a longer one', () => {
    const both = [
      inventedService('one', format('one.key', 'acm', /(?<token>acm[a-z_]{26})(?![a-z])/)),
      inventedService('two', format('two.key', 'acme_', /(?<token>acme_[a-z]{10})/)),
    ];
    expect(scan(token, only(both)).candidates.map((one) => [one.format, one.ambiguousWith])).toEqual([
      ['one.key', ['two.key']],
      ['two.key', ['one.key']],
    ]);
  });

  test('formats of one service never claim the same bytes twice', () => {
    const one = inventedService(
      'one',
      format('one.short', 'acme_', /(?<token>acme_[a-z]{10})/),
      format('one.long', 'acme_', /(?<token>acme_[a-z]{24})(?![a-z])/),
    );
    expect(scan(token, only([one])).candidates.map(({ format }) => format)).toEqual(['one.long']);
  });

  test('a token that can be read in two ways is told once', () => {
    const key = acmeKey(random);
    const twice = Buffer.from(`\0${key.split('').join('\0')}\0`, 'latin1');
    expect(scan(twice).candidates.map(partsOf)).toEqual([{ token: key }]);
  });
});

describe('limits', () => {
  test('candidates beyond the limit of an entry are a row, the next entry is read', () => {
    const token = acmeKey(random);
    const { candidates, skipped } = scanAll({ 'a.txt': `${token}\n`.repeat(MOST_CANDIDATES.entry + 5), 'b.txt': token });
    expect(candidates).toHaveLength(MOST_CANDIDATES.entry + 1);
    expect(skipped).toEqual([
      {
        path: ['thing-1.0.0.tgz', 'a.txt'],
        reason: 'limit-candidates',
        detail: 'the entry has more than 1000 candidates; further ones were not looked for',
      },
    ]);
  });

  test('a check that fails is a row without the token, and other formats go on', () => {
    const token = acmeKey(random);
    const broken: Format = {
      ...prefixed,
      id: 'broken.key',
      accepts() {
        throw new Error(token);
      },
    };
    const { candidates, skipped } = scan(token, only([inventedService('broken', broken), inventedService('acme', prefixed)]));
    expect(candidates.map(({ format }) => format)).toEqual(['acme.key']);
    expect(skipped.map(({ reason }) => reason)).toEqual(['format-fault']);
    expect(JSON.stringify(skipped)).not.toContain(token);
  });
});

describe('formats that cannot work are refused at the start', () => {
  const wrong =
    (change: Partial<Format>): (() => Detector) =>
    () =>
      only([inventedService('acme', { ...prefixed, ...change })]);

  test('with what was expected and what came', () => {
    expect(wrong({ literals: [] })).toThrow('acme.key has no literals');
    expect(wrong({ literals: ['ab'] })).toThrow('at least 3');
    expect(wrong({ pattern: /(?<token>acme_x)/g })).toThrow('has the flags g; only i is allowed');
    expect(wrong({ pattern: /acme_x/ })).toThrow('no named group');
    expect(wrong({ maxLength: 100_000 })).toThrow('longest match 100000');
    expect(wrong({ companions: [{ name: 'secret' }] })).toThrow('acme.key/secret is looked for nowhere');
    expect(() => only([inventedService('a', prefixed), inventedService('b', prefixed)])).toThrow(
      'two formats have the id acme.key',
    );
  });
});

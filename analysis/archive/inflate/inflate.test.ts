import { readFile } from 'node:fs/promises';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget } from '../budget.ts';
import { join, utf8 } from '../build.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { FeedReader, SourceReader, type Reader } from '../reader.ts';
import { bytesSource } from '../source.ts';
import { COMPILED, compile } from './build.ts';
import { giveDecoder, takeDecoder } from './decoder.ts';
import { InflateReader } from './inflate-reader.ts';

test('the module is what its source compiles to', async () => {
  const committed = await readFile(COMPILED);
  expect(Buffer.from(await compile()).equals(committed), 'run node analysis/archive/inflate/build.ts').toBe(true);
});

interface Inflated {
  readonly content: Buffer;
  readonly reader: InflateReader;
  readonly input: Reader;
}

/** Inflates from an input that comes in pieces, waiting for every second one, and is read in pieces. */
async function inflate(
  input: Uint8Array,
  pieceIn = Number.POSITIVE_INFINITY,
  pieceOut = Number.POSITIVE_INFINITY,
): Promise<Inflated> {
  const limits = { ...DEFAULT_LIMITS, ratio: 1e9, artifactRatio: 1e9 };
  const budget = new Budget(limits, input.length, () => 0, undefined);
  const from = pieceIn === Number.POSITIVE_INFINITY ? new SourceReader(bytesSource('input', input)) : dripping(input, pieceIn);
  const decoder = takeDecoder();
  const reader = new InflateReader(from, decoder, budget);
  const parts: Buffer[] = [];
  try {
    while (reader.available > 0 || (await reader.fill(1))) {
      await reader.fill(Math.min(pieceOut, 1000));
      const part = reader.peek(pieceOut);
      parts.push(Buffer.from(part));
      reader.skip(part.length);
    }
  } finally {
    giveDecoder(decoder);
  }
  return { content: Buffer.concat(parts), reader, input: from };
}

function dripping(bytes: Uint8Array, piece: number): Reader {
  let at = 0;
  return new FeedReader({
    problem: null,
    pull(into, from) {
      const part = bytes.subarray(at, at + Math.min(piece, into.length - from));
      into.set(part, from);
      at += part.length;
      return at % 2 === 0 ? part.length : Promise.resolve(part.length);
    },
  });
}

const STRATEGIES = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
];

/** Text, noise, runs, and patterns that repeat after few bytes: every kind of block, length and distance. */
const contents = fc.oneof(
  fc
    .array(fc.constantFrom('const ', 'function', ' = ', '=>', '\n', 'token', 'x', '.y'), { maxLength: 4000 })
    .map((words) => Buffer.from(words.join(''))),
  fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(60_000))
    .map(([pattern, length]) => Buffer.alloc(length, pattern)),
  fc
    .tuple(fc.uint8Array({ minLength: 300, maxLength: 400 }), fc.integer({ min: 1000, max: 40_000 }))
    .map(([bytes, gap]) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(gap), Buffer.from(bytes)])),
);

test('the same content as node:zlib, its end known to the byte, however the bytes come', async () => {
  await fc.assert(
    fc.asyncProperty(
      contents,
      fc.record({
        level: fc.integer({ min: 0, max: 9 }),
        memLevel: fc.integer({ min: 1, max: 9 }),
        strategy: fc.constantFrom(...STRATEGIES),
      }),
      fc.constantFrom(1, 3, 64, 70_000, Number.POSITIVE_INFINITY),
      fc.constantFrom(1, 100, 100_000),
      async (content, options, pieceIn, pieceOut) => {
        const packed = deflateRawSync(content, options);
        const trail = utf8('what follows');
        const {
          content: got,
          reader,
          input,
        } = await inflate(
          join(packed, trail),
          packed.length > 5000 ? Number.POSITIVE_INFINITY : pieceIn,
          content.length > 5000 ? 100_000 : pieceOut,
        );
        expect(got.equals(content)).toBe(true);
        expect(reader.ended).toBe(true);
        expect(reader.problem).toBeNull();
        expect(reader.bytesIn).toBe(packed.length);
        await input.fill(trail.length);
        expect(Buffer.from(input.peek(trail.length)).equals(trail)).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

test('larger than every window, with matches over its edges', async () => {
  const line = Array.from({ length: 40_000 }, (_, index) => `line ${index % 977} of ${(index * 7919) % 10_007}\n`).join('');
  const content = Buffer.from(line.repeat(3));
  const { content: got } = await inflate(deflateRawSync(content));
  expect(got.equals(content)).toBe(true);
});

test('damaged or cut streams: the same verdict as node:zlib, and nothing that is not there', async () => {
  await fc.assert(
    fc.asyncProperty(contents, fc.nat(), fc.nat(7), fc.nat(), fc.boolean(), async (content, place, bit, cut, cuts) => {
      const packed = deflateRawSync(content);
      const broken = Buffer.from(cuts ? packed.subarray(0, cut % packed.length) : packed);
      if (!cuts) broken[place % broken.length] = (broken[place % broken.length] ?? 0) ^ (1 << bit);
      const { content: got, reader } = await inflate(broken);
      let expected: Buffer | null = null;
      try {
        expected = inflateRawSync(broken);
      } catch {
        // Both must refuse it.
      }
      expect(reader.ended).toBe(expected !== null);
      if (expected) expect(got.equals(expected)).toBe(true);
      else expect(reader.problem).not.toBeNull();
      if (cuts) expect(got.equals(content.subarray(0, got.length))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

describe('codes that no deflater writes', () => {
  /** Bits, first one lowest. */
  function bitsOf(...fields: readonly (readonly [value: number, count: number])[]): Uint8Array {
    const bits: number[] = [];
    for (const [value, count] of fields) for (let bit = 0; bit < count; bit += 1) bits.push((value >> bit) & 1);
    return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) => {
      let value = 0;
      for (let bit = 0; bit < 8; bit += 1) value |= (bits[byte * 8 + bit] ?? 0) << bit;
      return value;
    });
  }

  test.each([
    ['a block of the reserved kind', bitsOf([1, 1], [3, 2])],
    ['a stored block whose lengths differ', Uint8Array.of(1, 5, 0, 0, 0)],
    ['more literals than there are', bitsOf([1, 1], [2, 2], [30, 5], [0, 5], [0, 4], [0, 12])],
    ['more distances than there are', bitsOf([1, 1], [2, 2], [0, 5], [31, 5], [0, 4], [0, 12])],
    ['no code lengths at all', bitsOf([1, 1], [2, 2], [0, 5], [0, 5], [0, 4], [0, 64])],
    [
      'code lengths that are too many for their bits',
      bitsOf([1, 1], [2, 2], [0, 5], [0, 5], [15, 4], [0x49249249, 30], [0x49249249, 30]),
    ],
    ['a distance without a beginning', bitsOf([1, 1], [1, 2], [64, 7], [0, 5])],
    ['the length symbol 286', bitsOf([1, 1], [1, 2], [0b01100011, 8], [0, 20])],
  ])('%s', async (_, packed) => {
    expect(() => inflateRawSync(packed)).toThrow(/invalid|too many|unexpected end/);
    const { reader, content } = await inflate(join(packed, new Uint8Array(64)));
    expect(reader.ended).toBe(false);
    expect(reader.problem?.reason).toBe('corrupt');
    expect(content.length).toBe(0);
  });
});

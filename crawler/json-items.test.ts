import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Malformed } from './errors.ts';
import { jsonItems, type JsonItemsOptions, type JsonPiece } from './json-items.ts';

/** The document in pieces whose lengths are given; the last length repeats. */
async function* chunked(document: string | Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(document);
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const length = lengths[Math.min(index, lengths.length - 1)] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function read(
  document: string | Uint8Array,
  options: JsonItemsOptions,
  lengths: readonly number[] = [1024],
): Promise<JsonPiece[]> {
  return Array.fromAsync(jsonItems(chunked(document, lengths), options));
}

const anyLengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });
/** What survives a round through JSON, with keys and strings full of quotes, escapes and characters of every length. */
const anyText = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '}', ']', ',', '€', '😀')),
});
const anyItem = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 });

describe('agrees with JSON.parse over any chunks', () => {
  test('items of an array, and the fields around it', async () => {
    const document = fc.record({ before: anyItem, items: fc.array(fc.oneof(anyItem, anyText)), after: anyItem });
    await fc.assert(
      fc.asyncProperty(document, fc.constantFrom(undefined, 2, '\t'), anyLengths, async (value, space, lengths) => {
        const text = JSON.stringify({ before: value.before, items: value.items, after: value.after }, null, space);
        const expected = JSON.parse(text) as typeof value;
        const pieces = await read(text, { member: 'items' }, lengths);
        expect(pieces).toEqual([
          { kind: 'field', name: 'before', value: expected.before },
          ...expected.items.map((item) => ({ kind: 'item', key: null, value: item })),
          { kind: 'field', name: 'after', value: expected.after },
        ]);
      }),
    );
  });

  test('entries of an object', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anyText, anyItem)), anyLengths, async (entries, lengths) => {
        const body = entries.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`).join(' , ');
        const pieces = await read(`{"versions":{${body}}}`, { member: 'versions' }, lengths);
        const expected = entries.map(([key, value]) => ({
          kind: 'item',
          key,
          value: JSON.parse(JSON.stringify(value)) as unknown,
        }));
        expect(pieces).toEqual(expected);
      }),
    );
  });

  test('the document itself', async () => {
    const container = fc.oneof(fc.array(anyItem), fc.dictionary(anyText, anyItem, { noNullPrototype: true }));
    await fc.assert(
      fc.asyncProperty(container, anyLengths, async (value, lengths) => {
        const parsed = JSON.parse(JSON.stringify(value)) as typeof value;
        const pieces = await read(JSON.stringify(value), { member: null }, lengths);
        const expected = Array.isArray(parsed)
          ? parsed.map((item) => ({ kind: 'item', key: null, value: item }))
          : Object.entries(parsed).map(([key, item]) => ({ kind: 'item', key, value: item }));
        expect(pieces).toEqual(expected);
      }),
    );
  });

  test('a document cut anywhere is never taken for a whole one', async () => {
    const text = JSON.stringify({ meta: { a: [1, '}'] }, items: [1, { b: 'é"' }, 'c'], z: null });
    const bytes = Buffer.from(text);
    for (let length = 0; length < bytes.length; length += 1) {
      await expect(read(bytes.subarray(0, length), { member: 'items' }, [3]), `cut after ${length}`).rejects.toThrow(Malformed);
    }
    expect(await read(bytes, { member: 'items' }, [3])).toHaveLength(5);
  });
});

describe('what is not as expected', () => {
  test.each([
    ['', 'expected a JSON document that ends'],
    ['<html>', 'expected a JSON object (at byte 0)'],
    ['[1]', 'expected a JSON object (at byte 0)'],
    ['null', 'expected a JSON object (at byte 0)'],
    ['{}', 'expected a member "items"'],
    ['{"items":null}', 'expected an array or object as "items"'],
    ['{"items":[1 2]}', 'expected a comma or ]'],
    ['{"items":[,1]}', 'expected a value'],
    ['{"items":[1,]}', 'expected a value'],
    ['{"items":[1]', 'it stops in the middle'],
    ['{"items":[1]}x', 'expected nothing after the end'],
    ['{items:[1]}', 'expected a key in quotes'],
    ['{"items" [1]}', 'expected a colon after a key'],
  ])('%s', async (text, message) => {
    await expect(read(text, { member: 'items' })).rejects.toThrow(message);
    await expect(read(text, { member: 'items' }, [1])).rejects.toThrow(message);
  });

  test('a member that need not be there', async () => {
    expect(await read('{}', { member: 'items', required: false })).toEqual([]);
    expect(await read('{"items":null}', { member: 'items', required: false })).toEqual([
      { kind: 'field', name: 'items', value: null },
    ]);
  });

  test('an item that is no JSON is stepped over, with its brackets', async () => {
    const pieces = await read('{"items":[1,{"a":nope},2,[1},3]}', { member: 'items' }, [2]);
    expect(pieces.map((piece) => (piece.kind === 'item' ? piece.value : piece.kind))).toEqual([1, 'skipped', 2, 'skipped', 3]);
  });

  test('an item over the limit is stepped over without being held; the next ones are read', async () => {
    const big = { name: 'x'.repeat(5000) };
    const text = JSON.stringify({ meta: { note: 'y'.repeat(300) }, items: [{ name: 'a' }, big, { name: 'b' }] });
    for (const lengths of [[7], [100_000]]) {
      expect(await read(text, { member: 'items', maxItemBytes: 200 }, lengths)).toEqual([
        { kind: 'skipped', name: 'meta', reason: 'too-large', bytes: 311 },
        { kind: 'item', key: null, value: { name: 'a' } },
        { kind: 'skipped', name: null, reason: 'too-large', bytes: 5011 },
        { kind: 'item', key: null, value: { name: 'b' } },
      ]);
    }
  });

  test('a byte order mark before the document is no part of it', async () => {
    expect(await read('\u{feff}{"items":[1]}', { member: 'items' }, [1])).toEqual([{ kind: 'item', key: null, value: 1 }]);
  });
});

test('memory stays flat over a document of 60 MB', async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"meta":{"_last-serial":7},"projects":[{"_last-serial":0,"name":"first"}');
    for (let index = 0; index < 1000; index += 1) {
      const rows = Array.from(
        { length: 1000 },
        (_, row) => `,{"_last-serial":${index},"name":"package-${index}-${row}-${'x'.repeat(20)}"}`,
      );
      yield Buffer.from(rows.join(''));
    }
    yield Buffer.from(']}');
  }
  let items = 0;
  let peak = 0;
  const before = process.memoryUsage().rss;
  for await (const piece of jsonItems(source(), { member: 'projects' })) {
    if (piece.kind === 'item') items += 1;
    if (items % 50_000 === 0) peak = Math.max(peak, process.memoryUsage().rss - before);
  }
  expect(items).toBe(1_000_001);
  expect(peak).toBeLessThan(150 * 1024 * 1024);
});

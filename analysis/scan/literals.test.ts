import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Hits } from './hits.ts';
import { literalFinder, type Literal } from './literals.ts';

function found(literals: readonly Literal[], bytes: Uint8Array, from = 0, to = bytes.length, limit = bytes.length): string[] {
  const hits = new Hits();
  literalFinder(literals).find(bytes, from, to, limit, hits);
  return Array.from({ length: hits.count }, (_, index) => `${hits.start(index)} ${hits.literal(index)}`);
}

/** Every place of every literal, looked for one by one. */
function everywhere(literals: readonly Literal[], text: string, from: number, to: number, limit: number): string[] {
  const places: string[] = [];
  for (let start = from; start < to; start++) {
    literals.forEach((literal, index) => {
      const piece = text.slice(start, Math.min(limit, start + literal.text.length));
      const same = literal.ignoreCase ? piece.toLowerCase() === literal.text.toLowerCase() : piece === literal.text;
      if (same) places.push(`${start} ${index}`);
    });
  }
  return places;
}

const exact = (text: string): Literal => ({ text, ignoreCase: false });
const anyCase = (text: string): Literal => ({ text, ignoreCase: true });

test('finds literals that overlap, contain each other and stand at both ends', () => {
  const literals = [exact('aXa'), exact('aXaXa'), exact('XaX'), anyCase('axa')];
  expect(found(literals, Buffer.from('aXaXa')).toSorted()).toEqual(['0 0', '0 1', '0 3', '1 2', '2 0', '2 3']);
});

test('the case counts where it does, and only letters have one', () => {
  expect(found([exact('Key-')], Buffer.from('key- Key- KEY-'))).toEqual(['5 0']);
  expect(found([anyCase('Key_[')], Buffer.from('key_[ KEY_[ key_{'))).toEqual(['0 0', '6 0']);
});

test('takes only what starts in the zone and ends before the limit', () => {
  const bytes = Buffer.from('abc abc abc');
  expect(found([exact('abc')], bytes, 1, 8)).toEqual(['4 0']);
  expect(found([exact('abc')], bytes, 4, 5)).toEqual(['4 0']);
  expect(found([exact('abc')], bytes, 0, 11, 10)).toEqual(['0 0', '4 0']);
});

test('refuses what is no literal', () => {
  expect(() => literalFinder([exact('ab')])).toThrow('at least 3');
  expect(() => literalFinder([exact('schlüssel')])).toThrow('ASCII');
});

test('finds the same as looking for each literal everywhere, in any bytes', () => {
  const letters = fc.constantFrom('a', 'A', 'b', 'B', '_', '-', '0', '\0', 'é');
  const text = fc.string({ unit: letters, maxLength: 200 });
  const literal = fc.record({
    text: fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', '_', '-', '0'), minLength: 3, maxLength: 6 }),
    ignoreCase: fc.boolean(),
  });
  fc.assert(
    fc.property(
      text,
      fc.array(literal, { minLength: 1, maxLength: 8 }),
      fc.nat(40),
      fc.nat(200),
      fc.nat(200),
      (text, literals, from, to, limit) => {
        const bytes = Buffer.from(text, 'latin1');
        const end = Math.min(limit, bytes.length);
        const sorted = (places: string[]): string[] => places.toSorted();
        expect(sorted(found(literals, bytes, from, to, end))).toEqual(sorted(everywhere(literals, text, from, to, end)));
      },
    ),
    { numRuns: 500 },
  );
});

test('thousands of literals are found, each where it stands', () => {
  const literals = Array.from({ length: 5000 }, (_, index) => exact(`k${index.toString(36).padStart(4, '0')}_`));
  const text = literals.map(({ text }) => text).join(' ');
  expect(found(literals, Buffer.from(text))).toEqual(literals.map((_, index) => `${index * 7} ${index}`));
});

import { expect, test } from 'vitest';
import { utf8 } from './build.ts';
import { showName } from './names.ts';

test.each<[string, Uint8Array | string, string]>([
  ['plain', 'lib/a.rb', 'lib/a.rb'],
  ['UTF-8', 'täglich/λ.txt', 'täglich/λ.txt'],
  ['Latin-1', Uint8Array.of(0x61, 0xe4, 0xff), 'aäÿ'],
  ['control characters', 'a\0b\nc\u001b[2J\u007f\u0085', 'a\\x00b\\x0ac\\x1b[2J\\x7f\\x85'],
  ['marks that turn text around', 'a\u202eb\u2066c\u200f', 'a\\u202eb\\u2066c\\u200f'],
  ['a byte order mark', '\ufeffa', '\\ufeffa'],
  ['nothing', '', ''],
  ['parents and roots stay as they are', '../../a//b/./c', '../../a//b/./c'],
])('%s', (_, name, shown) => {
  expect(showName(typeof name === 'string' ? utf8(name) : name, 100)).toEqual({ name: shown, shortened: false });
});

test('a long name is shown shortened, also where a character is cut', () => {
  expect(showName(utf8('a'.repeat(101)), 100)).toEqual({ name: `${'a'.repeat(100)}…`, shortened: true });
  expect(showName(utf8('ä'.repeat(60)), 99).shortened).toBe(true);
});

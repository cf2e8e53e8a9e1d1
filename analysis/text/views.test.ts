import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createDetector } from '../detect/detector.ts';
import { acmeKey, INVENTED, inventedService, prefixed } from '../detect/invented-services.ts';
import { Fingerprinter } from '../secret.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Format } from '../service.ts';

const fingerprinter = new Fingerprinter(Buffer.alloc(32, 3));
const ADDRESS: Format = {
  ...prefixed,
  id: 'hook.address',
  literals: ['https://hooks.acme.example/in/'],
  pattern: /(?<token>https:\/\/hooks\.acme\.example\/in\/[A-Z0-9]{8}\/[A-Za-z0-9]{12})(?![A-Za-z0-9])/,
  maxLength: 60,
  accepts: () => true,
};
const DASHED: Format = {
  ...prefixed,
  id: 'dash.token',
  literals: ['dash-'],
  pattern: /(?<![A-Za-z0-9_])(?<token>dash-[0-9]{6}-[A-Za-z0-9+/=]{20})(?![A-Za-z0-9_=])/,
  maxLength: 32,
  accepts: () => true,
};
const detector = createDetector([...INVENTED, inventedService('hook', ADDRESS), inventedService('dash', DASHED)], {
  fingerprinter,
});
const tiny = createDetector([...INVENTED, inventedService('hook', ADDRESS), inventedService('dash', DASHED)], {
  fingerprinter,
  step: 64,
});

const random = seededRandom('views');
const key = acmeKey(random);
const address = ['https://hooks.acme.example/in', 'B0123ABC', 'abcdefABCDEF'].join('/');
const dashed = ['dash', '123456', 'ab+cd/efAB+CD/EF0123'].join('-');

function found(content: string | Buffer): { token: string; cut: string; decoding: string }[] {
  const bytes = Buffer.from(content);
  return [bytes].flatMap((content) => {
    const artifact = detector.artifact();
    const entry = artifact.entry(['thing-1.0.0.tgz', 'a.js']);
    entry.push(content);
    entry.end();
    return artifact.finish().candidates.map(({ parts, place }) => ({
      token: parts['token']?.reveal() ?? '',
      cut: content.toString('latin1', place.offset, place.offset + place.length),
      decoding: place.decoding.join(' > '),
    }));
  });
}

const each = (text: string, form: (character: number) => string): string =>
  Array.from(text, (character) => form(character.charCodeAt(0))).join('');
const hex = (character: number): string => character.toString(16).padStart(2, '0');
/** As the escapers of several template languages write text into a script: everything but letters and digits by number. */
const scriptEscaped = (text: string): string =>
  text.replaceAll(/[^A-Za-z0-9]/g, (sign) => `\\u00${hex(sign.charCodeAt(0)).toUpperCase()}`);

describe('escapes', () => {
  test.each([
    ['a line break before the token', String.raw`"first\n${key}\nlast"`, key],
    ['a line break in a string in a string', String.raw`eval("var k = 'first\\n${key}'")`, key],
    ['quotes in JSON in JSON', String.raw`{"sourcesContent":["const k = \"${key}\";\n"]}`, key],
    ['slashes in JSON', `{"url":"${address.replaceAll('/', String.raw`\/`)}"}`, address],
    ['slashes in JSON in JSON', `"{\\"url\\":\\"${address.replaceAll('/', String.raw`\\/`)}\\"}"`, address],
    ['an address in an address', `https://a.example/?to=${encodeURIComponent(address)}&x=1`, address],
    [
      'an address in an address, lower case',
      `https://a.example/?to=${encodeURIComponent(address).toLowerCase().replace('b0123abc', 'B0123ABC').replace('abcdefabcdef', 'abcdefABCDEF')}`,
      address,
    ],
    ['script text by number', `var u = "${scriptEscaped(address)}";`, address],
    ['script text by number in JSON', JSON.stringify({ a: `var u = "${scriptEscaped(dashed)}";` }), dashed],
    ['slashes by number in HTML', `<a href="${address.replaceAll('/', '&#x2F;')}">`, address],
    ['signs by number in HTML', `<a href="${address.replaceAll('/', '&#47;').replaceAll(':', '&#58;')}">`, address],
    ['quotes by name in HTML', `<p data="{&quot;k&quot;:&quot;${key}&quot;}">`, key],
    [
      'signs after the literal by number',
      `x = "${dashed.replaceAll('+', String.raw`\u002B`).replaceAll('/', String.raw`\x2f`)}"`,
      dashed,
    ],
    ['a percent-encoded byte before it', `?next=%22${key}%22`, key],
    ['the dash of the literal by number', String.raw`"dash\x2D123456\x2Dab+cd/efAB+CD/EF0123"`, dashed],
  ])('%s', (_, content, token) => {
    const [one, ...more] = found(content);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ token });
    expect(content).toContain(one?.cut);
  });

  test.each([
    ['two pieces', `"${key.slice(0, 5)}" + "${key.slice(5)}"`],
    ['three pieces in minified text', `'${key.slice(0, 5)}'+'${key.slice(5, 12)}'+'${key.slice(12)}'`],
    ['pieces in several lines', `"${key.slice(0, 10)}" +\n      "${key.slice(10)}"`],
  ])('a string of %s', (_, content) => {
    expect(found(content)).toEqual([{ token: key, cut: content.slice(1, -1), decoding: 'escapes' }]);
  });

  test('a token that an escape cuts short is the whole token', () => {
    const long: Format = {
      ...prefixed,
      id: 'long.key',
      literals: ['long_'],
      pattern: /(?<token>long_[A-Za-z0-9+/]{10,40})/,
      maxLength: 45,
      accepts: () => true,
    };
    const artifact = createDetector([inventedService('long', long)], { fingerprinter }).artifact();
    const entry = artifact.entry(['a', 'b']);
    entry.push(Buffer.from(String.raw`"long_abcdefghijklm\/nopqrst"`));
    entry.end();
    expect(artifact.finish().candidates.map(({ parts }) => parts['token']?.reveal())).toEqual(['long_abcdefghijklm/nopqrst']);
  });

  test('what is no escape is left alone', () => {
    expect(found(`"${key}" + x`)).toEqual([{ token: key, cut: key, decoding: '' }]);
    expect(found(String.raw`\q${key}`)).toEqual([]);
    expect(found(`%2${key}`)).toEqual([]);
  });
});

describe('texts of nothing but escapes', () => {
  const text = `k="${key}"`;
  test.each<[string, (character: number) => string]>([
    ['hexadecimal', (character) => `\\x${hex(character)}`],
    ['hexadecimal in a string in a string', (character) => `\\\\x${hex(character)}`],
    ['Unicode', (character) => `\\u00${hex(character).toUpperCase()}`],
    ['Unicode in a string in a string', (character) => `\\\\u00${hex(character)}`],
    ['octal', (character) => `\\${character.toString(8).padStart(3, '0')}`],
    ['percent', (character) => `%${hex(character).toUpperCase()}`],
    ['HTML, decimal', (character) => `&#${character};`],
    ['HTML, hexadecimal', (character) => `&#x${hex(character)};`],
  ])('%s', (_, form) => {
    for (const content of [`'${each(text, form)}'`, `${' '.repeat(5000)}var a='${each(text, form)}';`]) {
      expect(found(content)).toEqual([{ token: key, cut: each(key, form), decoding: 'escapes' }]);
    }
  });

  test('across zones', () => {
    const content = Buffer.from(
      `${'\\x20'.repeat(3000)}${each(text, (character) => `\\x${hex(character)}`)}${'\\x20'.repeat(3000)}`,
    );
    const artifact = tiny.artifact();
    const entry = artifact.entry(['a', 'b']);
    entry.push(content);
    entry.end();
    expect(
      artifact.finish().candidates.map(({ parts, place }) => [parts['token']?.reveal(), place.offset, place.length]),
    ).toEqual([[key, 3003 * 4, key.length * 4]]);
  });
});

describe('encodings', () => {
  const text = `k = "${key}"\n`;
  const base64 = Buffer.from(text).toString('base64');
  test.each([
    ['hexadecimal digits', Buffer.from(text).toString('hex'), 'hex'],
    ['hexadecimal digits, upper case', Buffer.from(text).toString('hex').toUpperCase(), 'hex'],
    ['hexadecimal digits behind an odd one', `0${Buffer.from(text).toString('hex')}`, 'hex'],
    ['base64', base64, 'base64'],
    ['base64 behind a path', `/some/where/${base64}`, 'base64'],
    ['base64 in UTF-16', Buffer.from(`"${base64}"`, 'utf16le'), 'utf-16le > base64'],
    ['UTF-16 in base64', Buffer.from(text, 'utf16le').toString('base64'), 'base64 > utf-16le'],
    ['base64 in hexadecimal digits', Buffer.from(base64).toString('hex'), 'hex > base64'],
    [
      'escaped slashes in base64',
      Buffer.from(JSON.stringify(address).replaceAll('/', String.raw`\/`)).toString('base64'),
      'base64 > escapes',
    ],
    ['base64 of base64', Buffer.from(`"${base64}"`).toString('base64'), 'base64 > base64'],
  ])('%s', (_, content, decoding) => {
    const result = found(Buffer.isBuffer(content) ? content : `x = '${content}'`);
    expect(result.map((one) => one.decoding)).toEqual([decoding]);
  });

  test('no deeper than two levels, and what is no text is only looked at', () => {
    const twice = Buffer.from(`"${base64}"`).toString('base64');
    expect(found(Buffer.from(`"${twice}"`).toString('base64'))).toEqual([]);
    expect(found(deflateSync(text).toString('base64'))).toEqual([]);
  });

  test('a base64 text longer than a window keeps its phase', () => {
    const filler = Buffer.alloc(40_000, 0xb7);
    for (const shift of [0, 1, 2]) {
      const content = Buffer.from(
        `x${'y'.repeat(shift)} ${Buffer.concat([filler, Buffer.from(text), filler]).toString('base64')}`,
      );
      const artifact = tiny.artifact();
      const entry = artifact.entry(['a', 'b']);
      entry.push(content);
      entry.end();
      const { candidates } = artifact.finish();
      expect(candidates.map(({ parts }) => parts['token']?.reveal())).toEqual([key]);
      const { offset = 0, length = 0 } = candidates[0]?.place ?? {};
      expect(Buffer.from(content.toString('latin1', offset, offset + length), 'base64').toString('latin1')).toContain(key);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { parseRobots } from './robots.ts';

function allowed(text: string, paths: readonly string[], product = 'incidence'): string[] {
  const robots = parseRobots(text, product);
  return paths.filter((path) => robots.allows(path));
}

describe('robots.txt', () => {
  test('the longest rule decides, and allowing wins a tie', () => {
    // Examples of RFC 9309, section 5.2.
    const text = 'User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n';
    expect(allowed(text, ['/example/page/', '/example/page/disallowed.gif', '/elsewhere'], 'foobot')).toEqual([
      '/example/page/',
      '/elsewhere',
    ]);
    expect(allowed('User-agent: *\nDisallow: /a\nAllow: /a', ['/a', '/a/b'])).toEqual(['/a', '/a/b']);
    expect(allowed('User-agent: *\nDisallow: /\nAllow: /stats', ['/stats?page=2', '/gems', '/'])).toEqual(['/stats?page=2']);
  });

  test('the group of our name counts, else that of everyone, and groups of one name are one', () => {
    const text = [
      'User-agent: *',
      'Disallow: /',
      'User-agent: Incidence/1.0',
      'User-agent: otherbot',
      'Disallow: /a',
      '',
      'User-agent: lastbot',
      'Disallow: /c',
      'User-agent: incidence',
      'Disallow: /b',
    ].join('\r\n');
    expect(allowed(text, ['/a', '/b', '/c', '/d'])).toEqual(['/c', '/d']);
    expect(allowed(text, ['/a', '/b', '/c', '/d'], 'otherbot')).toEqual(['/b', '/c', '/d']);
    expect(allowed(text, ['/a', '/b', '/c', '/d'], 'nobody')).toEqual([]);
    expect(allowed('User-agent: incidences\nDisallow: /', ['/'])).toEqual(['/']);
  });

  test('stars and dollars', () => {
    expect(
      allowed('User-agent: *\nDisallow: /gems?letter=*\nDisallow: /*.gif$\nDisallow: */private', [
        '/gems?letter=A',
        '/gems',
        '/a/b.gif',
        '/a.gif?x',
        '/x/private',
      ]),
    ).toEqual(['/gems', '/a.gif?x']);
    expect(allowed('User-agent: *\nDisallow: /a+b(c)', ['/a+b(c)d', '/aab(c)'])).toEqual(['/aab(c)']);
  });

  test('spellings of one character are one', () => {
    expect(
      allowed('User-agent: *\nDisallow: /caf%c3%A9\nDisallow: /%7euser', ['/caf%C3%A9', '/café', '/~user', '/%7Euser/x', '/caf']),
    ).toEqual(['/caf']);
    expect(allowed('User-agent: *\nDisallow: /a/ツ', ['/a/%E3%83%84', '/a/'])).toEqual(['/a/']);
    // A slash and an encoded slash are two.
    expect(allowed('User-agent: *\nDisallow: /a%2Fb', ['/a/b', '/a%2fb'])).toEqual(['/a/b']);
  });

  test('what is no rule is passed over', () => {
    const text =
      '\uFEFF# a comment\nUser-agent : * # everyone\nCrawl-delay: 5\nnonsense\n Disallow :/x # and below\nDisallow:\nSitemap: https://a.example/s.xml\n';
    expect(allowed(text, ['/x/y', '/y'])).toEqual(['/y']);
    expect(allowed('Disallow: /\n', ['/'])).toEqual(['/']);
    expect(allowed('', ['/'])).toEqual(['/']);
    expect(allowed('<!doctype html><h1>Not found</h1>', ['/'])).toEqual(['/']);
  });

  test('robots.txt itself may always be asked for', () => {
    expect(allowed('User-agent: *\nDisallow: /', ['/robots.txt', '/robots'])).toEqual(['/robots.txt']);
  });

  test('a hostile pattern takes no time', () => {
    const text = `User-agent: *\nDisallow: /${'*a'.repeat(200)}b\nDisallow: ${'*'.repeat(5000)}x$`;
    const before = performance.now();
    allowed(text, [`/${'a'.repeat(300)}`]);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

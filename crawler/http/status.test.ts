import { describe, expect, test } from 'vitest';
import { Refused, Throttled } from '../errors.ts';
import { errorOf, retryAfter } from './status.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('Retry-After', () => {
  test.each<[string | undefined, number | null]>([
    ['120', 120],
    [' 7 ', 7],
    ['0.5', 0.5],
    ['Sun, 01 Mar 2026 12:01:30 GMT', 90],
    ['Sunday, 01-Mar-26 12:01:30 GMT', 90],
    ['Sun Mar  1 12:01:30 2026', 90],
    // Says that one should wait, but not how long.
    [undefined, null],
    ['', null],
    ['0', null],
    ['-5', null],
    ['soon', null],
    ['Sun, 01 Mar 2026 11:59:00 GMT', null],
    ['99999999999999999999999999', 1e26],
  ])('%o is %o seconds', (header, seconds) => {
    expect(retryAfter(header, NOW)).toBe(seconds);
  });

  test('as a date counts by the clock of the host, not by ours', () => {
    const headers = { 'retry-after': 'Sun, 01 Mar 2026 12:01:30 GMT', date: 'Sun, 01 Mar 2026 12:00:00 GMT' };
    const asked = [-1, 1].map((hours) => errorOf({ status: 429, headers }, 'https://a.example/', '', NOW + hours * 3_600_000));
    expect(asked).toMatchObject([{ retryAfter: 90 }, { retryAfter: 90 }]);
  });
});

describe('a refusal', () => {
  const refused = (body: string, type = 'text/html; charset=UTF-8', status = 403) =>
    errorOf({ status, headers: { 'content-type': type } }, 'https://registry.example/a', body, NOW);

  test.each([
    '<title>Access denied | registry.example used Cloudflare to restrict access</title>',
    '<h1>Sorry, you have been blocked</h1>',
    '<span>Error</span><span>error code: 1020</span>',
    '<p>Your IP address has been banned.</p>',
    '<h2>The owner of this website has banned your access (error code 1006)</h2>',
    '<p>Automated requests from your network violate our Acceptable Use policy</p>',
    '<title>Just a moment...</title><noscript>Enable JavaScript and cookies to continue</noscript>',
    '<title>Attention Required! | Cloudflare</title>',
  ])('is a block where a page says so: %s', (body) => {
    expect(refused(body)).toMatchObject({ reason: 'refused', block: true });
    expect(refused(body, 'text/html', 451)).toMatchObject({ block: true });
  });

  test.each([
    ['<h1>403 Forbidden</h1><p>nginx</p>', 'text/html'],
    ['SSL is required.', 'text/html'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>', 'application/xml'],
    ['{"error":"access denied: this package has been blocked"}', 'application/json'],
  ])('is about the item otherwise: %s', (body, type) => {
    expect(refused(body, type)).toBeInstanceOf(Refused);
    expect(refused(body, type)).toMatchObject({ block: false });
  });

  test('that speaks of a quota is a wish to wait', () => {
    expect(refused('{"statusCode":403,"message":"Quota exceeded."}', 'application/json')).toBeInstanceOf(Throttled);
  });
});

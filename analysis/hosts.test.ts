import { expect, test } from 'vitest';
import { hostMatches } from './hosts.ts';

const patterns = ['api.example.com', '*.shop.example.com'];

test.each(['api.example.com', 'a.shop.example.com', 'my-shop-1.shop.example.com'])('%s is listed', (host) => {
  expect(hostMatches(patterns, host)).toBe(true);
});

test.each([
  'example.com',
  'xapi.example.com',
  'api.example.com.evil.example',
  'API.example.com',
  'api.example.com.',
  'shop.example.com',
  '.shop.example.com',
  'a.b.shop.example.com',
  '-a.shop.example.com',
  'a-.shop.example.com',
  'a_b.shop.example.com',
  'evil.example#.shop.example.com',
  'evil.example/.shop.example.com',
  `${'a'.repeat(64)}.shop.example.com`,
  '',
])('%j is not', (host) => {
  expect(hostMatches(patterns, host)).toBe(false);
});

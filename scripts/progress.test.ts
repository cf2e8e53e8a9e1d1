import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createProgress, duration, lineOf } from './progress.ts';

test('a line says stage, share, rate and time left', () => {
  const state = { registry: 'npm', stage: 'analyzing', done: 120, total: 400, since: 0, from: 20 } as const;
  expect(lineOf(state, 10_000)).toBe('npm       analyzing  120 of 400 (30 %), 10/s, 28 s left');
});

test('nothing is promised before anything is known', () => {
  const state = { registry: 'pypi', stage: 'listing names', done: 10_000, total: null, since: 0, from: 10_000 } as const;
  expect(lineOf(state, 10)).toBe('PyPI      listing names  10000');
});

test.each([
  [59.2, '60 s'],
  [61, '2 min'],
  [3600 * 3.5, '3 h 30 min'],
  [3600 * 24 * 63, '63 d 0 h'],
])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

test('without a terminal it writes plain lines', () => {
  const stream = new PassThrough();
  const written: string[] = [];
  stream.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const progress = createProgress({ stream: stream as unknown as NodeJS.WriteStream, now: () => 0 });
  progress.report({ registry: 'npm', stage: 'analyzing', done: 1, total: 2 });
  progress.finish();
  expect(written.join('')).toBe('npm       analyzing  1 of 2 (50 %)\n');
});

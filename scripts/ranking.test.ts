/** Which source a run's ranking comes from, and what the registry's own counts say of it. */
import { expect, onTestFinished, test } from 'vitest';
import { NotAllowed } from '../crawler/errors.ts';
import type { RegistryAccess } from '../crawler/http.ts';
import { npm } from '../crawler/registries/npm/index.ts';
import type { RankedName, Registry } from '../crawler/registry.ts';
import { openExampleRun, temporaryDatabase } from '../data/example.ts';
import { readRanking } from './ranking.ts';

const PLACES: readonly RankedName[] = Array.from({ length: 10_000 }, (_, index) => ({
  rank: index + 1,
  name: `package-${index + 1}`,
  key: `package-${index + 1}`,
  downloads: null,
}));

async function read(verifyRanking: Registry['verifyRanking']) {
  const made = await temporaryDatabase();
  onTestFinished(() => made[Symbol.asyncDispose]());
  const run = await openExampleRun(made.database, { registries: ['npm'] });
  const [first, second] = npm.rankings;
  if (first === undefined || second === undefined) throw new Error('npm has two rankings');
  const registry: Registry = {
    ...npm,
    rankings: [
      { ...first, read: () => Promise.reject(new Error('it is away')) },
      { ...second, read: () => Promise.resolve({ dated: '2026-11-01', places: PLACES }) },
    ],
    ...(verifyRanking === undefined ? {} : { verifyRanking }),
  };
  const warnings: string[] = [];
  await readRanking(
    {
      database: made.database,
      run,
      now: () => 5,
      report: () => undefined,
      log: { warn: (_, message) => warnings.push(message), info: () => undefined, debug: () => undefined },
      signal: new AbortController().signal,
    },
    { registry, io: () => ({}) as RegistryAccess },
  );
  const ranking = await made.database.db.selectFrom('ranking').selectAll().executeTakeFirstOrThrow();
  expect(ranking).toMatchObject({ source: second.id, dated: '2026-11-01', places: 10_000 });
  return { said: ranking.weaknesses.replace(second.weaknesses.replace(/\.$/, ''), '').replace(/^; /, ''), warnings };
}

const AWAY = 'a ranking could not be read; the next source is tried';

test('the second source where the first is away, with places from the first to the last checked', async () => {
  const asked: number[] = [];
  const { said, warnings } = await read((sample) => {
    asked.push(...sample.map(({ rank }) => rank));
    return Promise.resolve({
      counted: sample.slice(1).map((place) => ({ place, downloads: 1 })),
      unknown: ['one'],
      concordance: 0.97,
    });
  });
  expect([asked.length, asked[0], asked.at(-1)]).toEqual([24, 1, 10_000]);
  expect(said).toBe('of 24 places checked, the registry itself counts 23, and 97 % of their pairs are in the same order');
  expect(warnings).toEqual([AWAY]);
});

test('an order that the registry contradicts is stored with that, and warned of', async () => {
  const { said, warnings } = await read(() => Promise.resolve({ counted: [], unknown: [], concordance: 0.5 }));
  expect(said).toContain('50 % of their pairs');
  expect(warnings).toEqual([AWAY, 'the ranking is in another order than the registry’s own counts']);
});

test('one pair in another order is not all pairs in the same, and a share of doubles loses nothing', async () => {
  const saidOf = async (concordance: number) =>
    (await read(() => Promise.resolve({ counted: [], unknown: [], concordance }))).said;
  expect(await saidOf(275 / 276)).toContain('99 % of their pairs');
  expect(await saidOf(0.29)).toContain('29 % of their pairs');
  expect(await saidOf(1)).toContain('100 % of their pairs');
});

test('a check that fails costs no ranking', async () => {
  expect((await read(() => Promise.reject(new Error('too many questions')))).said).toBe(
    'not checked against the registry’s own counts (too many questions)',
  );
  expect((await read(() => Promise.reject(new NotAllowed('the counts are left alone')))).said).toContain(
    'the counts are left alone',
  );
  expect((await read(() => Promise.resolve({ counted: [], unknown: [], concordance: null }))).said).toContain(
    'too few to compare',
  );
});

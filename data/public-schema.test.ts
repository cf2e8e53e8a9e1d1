import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DICTIONARY } from './dictionary.ts';
import {
  analysed,
  exampleDatabase,
  finding,
  openExampleRun,
  prepareRegistry,
  temporaryDatabase,
  type TestDatabase,
} from './example.ts';
import { describeOnEach } from './kinds-in-tests.ts';
import type { Verdict } from './model.ts';
import { openDatabase } from './open.ts';
import { POLICIES } from './policies.ts';
import { namedQueries, queriesFor } from './queries.ts';
import { collectStatistics } from './statistics/collect.ts';
import { closeRun } from './store/close.ts';
import { savePackageResult } from './store/work.ts';

describeOnEach('the public schema', (kind) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await exampleDatabase(kind);
  });
  afterAll(async () => {
    await made[Symbol.asyncDispose]();
  });

  async function ask(text: string): Promise<readonly Record<string, unknown>[]> {
    return (await sql.raw<Record<string, unknown>>(text).execute(made.database.db)).rows;
  }

  describe('the dictionary', () => {
    test('names every view with every column, in order, and nothing else', async () => {
      const tables = await made.database.db.introspection.getTables();
      const views = tables.filter((one) => one.isView).map((one) => [one.name, one.columns.map((column) => column.name)]);
      const documented = DICTIONARY.map((one) => [one.view, Object.keys(one.columns)]);
      expect(new Map(documented.map(([name, columns]) => [String(name), columns]))).toEqual(
        new Map(views.map(([name, columns]) => [String(name), columns])),
      );
    });

    test('says something about each', () => {
      for (const { meaning, columns } of DICTIONARY) {
        for (const text of [meaning, ...Object.values(columns)]) expect(text).toMatch(/^\S.{4,}\.$/s);
      }
    });

    test('stands in the database', async () => {
      const rows = await ask("select name, meaning from data_dictionary where view = 'clusters' order by position");
      expect(rows[0]).toMatchObject({ name: '', meaning: expect.stringContaining('several packages') });
      expect(rows.map((one) => one['name'])).toContain('registries');
    });
  });

  describe('views', () => {
    test('answer what they promise about the example', async () => {
      expect(
        await ask('select registry, state, count(*) as n from sample group by registry, state order by registry, state'),
      ).toEqual([
        { registry: 'npm', state: 'analysed', n: 36 },
        { registry: 'npm', state: 'failed', n: 2 },
        { registry: 'npm', state: 'no-release', n: 2 },
        { registry: 'rubygems', state: 'analysed', n: 36 },
        { registry: 'rubygems', state: 'failed', n: 2 },
        { registry: 'rubygems', state: 'no-release', n: 2 },
      ]);
      expect(await ask('select count(*) as n from packages_analyzed')).toEqual([{ n: 76 }]);
      expect(await ask('select distinct reason from failures')).toEqual([{ reason: 'unavailable' }]);
      expect(await ask("select count(*) as n from detections where policy = 'SQ34401'")).toEqual([{ n: 4 }]);
      expect(
        await ask("select count(*) as n, count(distinct fingerprint) as tokens from findings where verdict = 'active'"),
      ).toEqual([{ n: 8, tokens: 5 }]);
      expect(await ask('select count(*) as n from skipped')).toEqual([{ n: 4 }]);
      expect((await ask('select opened_at, is_current from runs'))[0]).toEqual({
        opened_at: '1970-01-01T00:00:01Z',
        is_current: 1,
      });
    });

    test('say the same as the statistics', async () => {
      const { registries } = await collectStatistics(made.database, { policy: 'SQ34401' });
      for (const one of registries) {
        const [row] = await ask(`select * from incidence_by_registry where policy = 'SQ34401' and registry = '${one.registry}'`);
        const tiers = await ask(`select * from incidence_by_tier where policy = 'SQ34401' and registry = '${one.registry}'`);
        expect(tiers).toHaveLength(4);
        if (one.status === 'not-analysed') {
          expect(row).toMatchObject({ status: 'not analysed', detections: null, population: null, per_10k: null });
          continue;
        }
        const { population, selected, analyzed, detections, undecided, total, rate } = one;
        const { low, high, method } = total.interval;
        expect(row).toMatchObject({
          status: 'measured',
          population,
          selected,
          analyzed,
          detections,
          undecided,
          estimated_total: total.value,
        });
        expect(row).toMatchObject({ total_low: low, total_high: high, method, per_10k: 10_000 * rate.value });
        expect(tiers.map((tier) => [tier['tier'], tier['detections'], tier['total_high']])).toEqual(
          one.tiers.map((tier) => [tier.tier, tier.detections, tier.total.interval.high]),
        );
      }
    });

    test('tell 0 of n, not analysed and policy not used apart', async () => {
      const rows = await ask(
        'select distinct status, case when detections is null then 1 else 0 end as empty from incidence_by_registry order by status',
      );
      expect(rows).toEqual([
        { status: 'measured', empty: 0 },
        { status: 'not analysed', empty: 1 },
        { status: 'policy not used', empty: 0 },
      ]);
      const [unused] = await ask("select status from incidence_by_registry where policy = 'SQ34403' and registry = 'npm'");
      expect(unused).toEqual({ status: 'policy not used' });
    });

    test('begin with the policy most people ask about, and list the registries in their order', async () => {
      const rows = await ask('select policy, registry from incidence_by_registry limit 4');
      expect(rows.map((one) => one['policy'])).toEqual(['SQ34401', 'SQ34401', 'SQ34401', 'SQ34401']);
      expect(rows.map((one) => one['registry'])).toEqual(['rubygems', 'nuget', 'pypi', 'npm']);
      expect(await ask('select count(distinct policy) as n from incidence_by_registry')).toEqual([{ n: POLICIES.length }]);
    });

    test('show the newest closed run, or the open one while nothing is closed', async () => {
      await using other = await temporaryDatabase(kind);
      const current = async () => (await sql<{ run: number }>`select run from current_run`.execute(other.database.db)).rows;
      expect(await current()).toEqual([]);
      await openExampleRun(other.database);
      expect(await current()).toEqual([{ run: 1 }]);
      await openExampleRun(made.database, { seed: 'later' });
      expect(await ask('select run from current_run')).toEqual([{ run: 1 }]);
    });

    test('are made anew when a database comes from another version, and people keep their own', async () => {
      await using other = await temporaryDatabase(kind);
      await sql`drop view incidence_by_registry`.execute(other.database.db);
      await sql`create view incidence_by_registry as select 1 as old`.execute(other.database.db);
      await sql`create view my_own as select run from current_run`.execute(other.database.db);
      await sql`create view on_mine as select run as mine from my_own`.execute(other.database.db);
      await other.database.db
        .updateTable('meta')
        .set({ value: 'of another version' })
        .where('key', '=', 'public-schema')
        .execute();
      await other.database.close();
      const again = await openDatabase(other.path);
      expect((await sql`select * from incidence_by_registry`.execute(again.db)).rows).toHaveLength(4 * POLICIES.length);
      expect((await sql`select * from on_mine`.execute(again.db)).rows).toEqual([]);
      await again.close();
    });
  });

  describe('named queries', () => {
    test.each(namedQueries().map((one) => [one.name, one] as const))(
      '%s runs, and has a title',
      async (_, { title, sql: text }) => {
        expect(title.length).toBeGreaterThan(10);
        expect((await ask(text)).length).toBeGreaterThan(0);
      },
    );

    test('tell the tokens that the report tells, of one family or of all', async () => {
      await using other = await temporaryDatabase(kind);
      const run = await openExampleRun(other.database, { registries: ['npm'] });
      const [first] = await prepareRegistry(other.database, run, 'npm', { count: 1, ranked: 0 });
      const found = [finding('a'), finding('b', { family: 'api-key' }), finding('c', { verdict: 'published-example' })];
      await savePackageResult(other.database, run, first?.packageId ?? 0, analysed('npm', 'npm-1', found), { now: 5 });
      await closeRun(other.database, run, 9);
      for (const policy of ['SQ34401', 'SQ34402', 'SQ34251']) {
        const { registries, queries } = await collectStatistics(other.database, { policy });
        const query = queries.find((one) => one.name === 'verdicts')?.sql ?? '';
        const { rows } = await sql.raw<{ verdict: Verdict; tokens: number }>(query).execute(other.database.db);
        const [npm] = registries.flatMap((one) => (one.status === 'analysed' ? [one] : []));
        const told = Object.entries(npm?.tokens ?? {}).filter(([, tokens]) => tokens > 0);
        expect([policy, new Map(rows.map((one) => [one.verdict, one.tokens]))]).toEqual([policy, new Map(told)]);
      }
    });

    test('ask about the policy of the report', () => {
      const asked = queriesFor('SQ34402');
      expect(asked.map((one) => one.name)).toEqual([
        'totals',
        'distribution',
        'services',
        'verdicts',
        'clusters',
        'coverage',
        'missing',
        'history',
      ]);
      expect(asked.some((one) => one.sql.includes('SQ34401'))).toBe(false);
      expect(asked.find((one) => one.name === 'totals')?.sql).toContain("policy = 'SQ34402'");
    });
  });
});

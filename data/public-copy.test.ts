import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DICTIONARY } from './dictionary.ts';
import {
  exampleDatabase,
  exampleResult,
  openExampleRun,
  prepareRegistry,
  temporaryDatabase,
  type TestDatabase,
} from './example.ts';
import { describeOnEach } from './kinds-in-tests.ts';
import { writePublicCopy } from './public-copy.ts';
import { PUBLIC_TABLES, WITHHELD_COLUMNS, WITHHELD_VIEWS, type PublicCopy } from './public-tables.ts';
import { namedQueries } from './queries.ts';
import { closeRun } from './store/close.ts';
import { abandonRun } from './store/run.ts';
import { savePackageResult } from './store/work.ts';

describeOnEach('the public copy', (kind) => {
  let made: TestDatabase;
  let folder: string;
  let copy: PublicCopy;

  beforeAll(async () => {
    made = await exampleDatabase(kind);
    folder = await mkdtemp(join(tmpdir(), 'incidence-copy-'));
    copy = await writePublicCopy(made.database, folder);
  });
  afterAll(async () => {
    await made[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function column(table: string, name: string): Promise<readonly string[]> {
    const { rows } = await sql<{ value: string }>`select distinct ${sql.ref(name)} as value from ${sql.table(table)}`.execute(
      made.database.db,
    );
    return rows.map((row) => row.value).filter((value) => value !== null && value !== '');
  }

  describe('what is in the copy', () => {
    test('every view and column is either there or withheld with a reason, and none is both', () => {
      for (const { view, columns } of DICTIONARY) {
        const table = PUBLIC_TABLES.find((one) => one.name === view);
        expect([view, table === undefined]).toEqual([view, WITHHELD_VIEWS[view] !== undefined]);
        for (const name of Object.keys(columns)) {
          const there = table?.columns.some((one) => one.name === name) ?? false;
          if (table !== undefined)
            expect([view, name, there]).toEqual([view, name, WITHHELD_COLUMNS[`${view}.${name}`] === undefined]);
        }
      }
      for (const name of Object.keys(WITHHELD_COLUMNS)) {
        const [view = '', of = ''] = name.split('.');
        expect(Object.keys(DICTIONARY.find((one) => one.view === view)?.columns ?? {})).toContain(of);
      }
    });

    test('no fingerprint, no redacted form, no path inside a package, nothing of the key, anywhere in the file', async () => {
      const bytes = (await readFile(join(folder, copy.file))).toString('latin1');
      const secret = [
        ...(await column('token', 'fingerprint')),
        ...(await column('token', 'redacted')),
        ...(await column('occurrence', 'path')),
        ...(await column('scan_skip', 'path')),
        ...(await column('run', 'key_id')),
        ...(await column('run', 'environment')),
      ];
      expect(secret.length).toBeGreaterThan(10);
      const inner = secret.flatMap((text) => (text.startsWith('[') ? (JSON.parse(text) as string[]).slice(1) : [text]));
      expect([...secret, ...inner].filter((text) => bytes.includes(text))).toEqual([]);
    });

    test('no name stands beside a finding: packages with and without one differ in nothing', () => {
      const sample = PUBLIC_TABLES.find((one) => one.name === 'sample');
      expect(sample?.columns.map((one) => one.name)).toEqual(
        'run registry name version tier rank probability selection_key state reason partial finished_at'.split(' '),
      );
      for (const { name, columns } of PUBLIC_TABLES) {
        const names = columns.map((one) => one.name);
        if (names.includes('name'))
          expect([name, names.filter((one) => /service|verdict|policy|tokens|detections/.test(one))]).toEqual([name, []]);
      }
    });

    test('numbers that reports leave out are left out here', () => {
      const services = PUBLIC_TABLES.find((one) => one.name === 'services');
      const rows = services === undefined ? [] : [...copy.rowsOf(services)];
      expect(rows.length).toBeGreaterThan(0);
      for (const [, , , registry, packages, tokens] of rows) {
        if (typeof packages === 'number' && packages > 0) expect(packages).toBeGreaterThanOrEqual(5);
        if (registry === 'all' && typeof tokens === 'number') expect(tokens).toBeGreaterThanOrEqual(5);
      }
    });

    test('the rows are those of the views', async () => {
      for (const { table, rows } of copy.tables) {
        expect([...copy.rowsOf(table)]).toHaveLength(rows);
        if (!('sql' in table.from)) continue;
        const { rows: expected } = await sql.raw<Record<string, unknown>>(table.from.sql).execute(made.database.db);
        expect([...copy.rowsOf(table)]).toEqual(expected.map((row) => Object.values(row)));
      }
      expect(copy.tables.find(({ table }) => table.name === 'sample')?.rows).toBe(80);
    });
  });

  describe('the copy', () => {
    test('answers the named queries that name no package, without this program', () => {
      const sqlite = new BetterSqlite(join(folder, copy.file), { readonly: true });
      for (const { name, sql: text } of namedQueries().filter((one) => one.name !== 'detections'))
        expect([name, sqlite.prepare(text).all().length > 0 || name === 'clusters' || name === 'services']).toEqual([name, true]);
      expect(sqlite.prepare("select meaning from data_dictionary where view = 'sample' and name = 'rank'").get()).toBeDefined();
      expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
      sqlite.close();
    });

    test('has the same bytes when it is written again, over the old one', async () => {
      const before = await readFile(join(folder, copy.file));
      await writePublicCopy(made.database, folder);
      expect((await readFile(join(folder, copy.file))).equals(before)).toBe(true);
      expect(await readdir(folder)).toEqual([copy.file]);
    });

    test('is refused where nothing is finished, where the run is about chosen packages, and where it cannot be written', async () => {
      await using open = await temporaryDatabase(kind);
      const run = await openExampleRun(open.database);
      await expect(writePublicCopy(open.database, folder)).rejects.toThrow(/has no closed run; run \d+ is still open/);
      await abandonRun(open.database, run, 'by mistake');
      const named = await openExampleRun(open.database, { scope: 'named', registries: ['npm'] });
      for (const { packageId, name } of await prepareRegistry(open.database, named, 'npm', { count: 4, ranked: 0, sample: 4 }))
        await savePackageResult(open.database, named, packageId, exampleResult('npm', name, 0), { now: 5_000 });
      await closeRun(open.database, named, 9_000);
      await expect(writePublicCopy(open.database, folder)).rejects.toThrow(/holds figures of chosen packages alone/);
      await writeFile(join(folder, 'file'), '');
      await expect(writePublicCopy(made.database, join(folder, 'file'))).rejects.toThrow(
        /cannot be written \((EEXIST|ENOTDIR)\)/,
      );
      await rm(join(folder, 'file'));
    });
  });
});

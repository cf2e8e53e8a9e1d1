import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { exampleDatabase, type TestDatabase } from '../data/example.ts';
import { PUBLIC_TABLES } from '../data/public-tables.ts';
import { runQuery } from '../data/query.ts';
import { schema } from './commands/schema.ts';
import { EXIT } from './errors.ts';
import { exportPublic } from './export.ts';

const folder = mkdtempSync(join(tmpdir(), 'incidence-export-'));
const out = join(folder, 'copy');
let made: TestDatabase;
let paths: readonly string[];

beforeAll(async () => {
  made = await exampleDatabase();
  paths = await exportPublic(made.database, out, '1.2.3');
});
afterAll(async () => {
  await made[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function below(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const inner = join(path, name);
    return statSync(inner).isDirectory() ? below(inner) : [inner];
  });
}

function parquetOf(name: string): ArrayBuffer {
  const bytes = readFileSync(join(out, 'parquet', `${name}.parquet`));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

describe('export', () => {
  test('names every file that it wrote, and no other is there', () => {
    expect([...paths].sort()).toEqual(below(out).sort());
    const names = paths.map((path) => relative(out, path));
    expect(names).toEqual(
      expect.arrayContaining(['README.md', 'SHA256SUMS', 'statistics/sq34401.json', 'parquet/sample.parquet']),
    );
    expect(names.filter((name) => name.startsWith('parquet/'))).toHaveLength(PUBLIC_TABLES.length);
  });

  test('Parquet holds the rows of the database, with types and meanings', async () => {
    for (const { name, columns } of PUBLIC_TABLES) {
      const file = parquetOf(name);
      const { num_rows: count, key_value_metadata: meanings, created_by: by } = parquetMetadata(file);
      expect(by).toBe('incidence 1.2.3');
      expect(meanings?.find((one) => one.key === `column:${columns[0]?.name}`)?.value).toBe(columns[0]?.meaning);
      expect((await parquetReadObjects({ file })).length).toBe(Number(count));
    }
    const { columns, rows } = await runQuery(made.path, 'select registry, tier, population, per_10k from incidence_by_tier');
    const expected = rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
    const read = await parquetReadObjects({ file: parquetOf('incidence_by_tier'), columns: [...columns] });
    const plain = read.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : (value as unknown)]),
      ),
    );
    expect(plain).toHaveLength(expected.length);
    expect(plain).toEqual(expect.arrayContaining(expected));
    const ranks = await parquetReadObjects({ file: parquetOf('sample'), columns: ['rank', 'probability'] });
    expect(ranks[0]).toEqual({ rank: 1n, probability: 1 });
    expect(ranks.at(-1)?.['rank']).toBeNull();
  });

  test('nothing in any file says where a token is', async () => {
    const { rows } = await runQuery(made.path, 'select fingerprint, redacted, path from findings');
    const secret = [...new Set(rows.flat().map(String))].flatMap((text) =>
      text.startsWith('[') ? (JSON.parse(text) as string[]) : [text],
    );
    expect(secret.length).toBeGreaterThan(5);
    const names = new Set((await runQuery(made.path, 'select filename from artifacts_analyzed')).rows.flat());
    for (const path of paths) {
      const bytes = readFileSync(path).toString('latin1');
      expect({ path, found: secret.filter((text) => !names.has(text) && bytes.includes(text)) }).toEqual({ path, found: [] });
    }
  });

  test('the sums are those of the files', () => {
    const lines = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(paths.length - 1);
    for (const line of lines) {
      const [sum, name = ''] = line.split('  ');
      expect([
        name,
        createHash('sha256')
          .update(readFileSync(join(out, name)))
          .digest('hex'),
      ]).toEqual([name, sum]);
    }
  });

  test('the same database gives the same bytes', async () => {
    const other = join(folder, 'again');
    await exportPublic(made.database, other, '1.2.3');
    for (const path of paths) expect(readFileSync(join(other, relative(out, path))).equals(readFileSync(path))).toBe(true);
  });

  test('the datasheet says what it is, what is left out and how to open it', () => {
    const text = readFileSync(join(out, 'README.md'), 'utf8');
    for (const part of [
      'Run 1',
      '`findings` says in which file',
      'datasette --immutable',
      "from 'parquet/incidence_by_tier.parquet'",
      '| `sample` | 80 |',
    ])
      expect(text).toContain(part);
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    for (const { name } of PUBLIC_TABLES) expect(text).toContain(`### \`${name}\``);
  });

  test('a folder that cannot be made: what to do', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(exportPublic(made.database, join(folder, 'file', 'copy'), '1')).rejects.toThrow(
      /cannot be written \(E\w+\); choose another folder/,
    );
  });
});

describe('schema', () => {
  async function printed(format: string, view?: string): Promise<string> {
    const written: string[] = [];
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      expect(await schema.run({ view, format, _: [], $0: '' })).toBe(EXIT.done);
    } finally {
      stdout.mockRestore();
    }
    return written.join('');
  }

  test('says what every column means, as text, Markdown and JSON', async () => {
    expect(await printed('text', 'clusters')).toMatch(
      /^clusters\n {2}One token in several packages.*\n\n {2}run {9}Number of the run\.\n/,
    );
    expect(await printed('markdown', 'clusters')).toMatch(/^## `clusters`\n\n.*\n\n\| Column \| Meaning \|/);
    const all = JSON.parse(await printed('json')) as { name: string; columns: unknown[] }[];
    expect(all.map((one) => one.name)).toContain('incidence_by_registry');
    expect(all.every((one) => one.columns.length > 0)).toBe(true);
  });

  test('an unknown view: what there is', async () => {
    await expect(printed('text', 'nothing')).rejects.toThrow(/there is no view "nothing"; there are current_run, runs,/);
  });
});

/** Writes what may be published of a database: a copy of the public tables, as a database and as Parquet, with its datasheet. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../data/database.ts';
import { makeFolder } from '../data/make-folder.ts';
import { DEFAULT_POLICY } from '../data/policies.ts';
import { writePublicCopy } from '../data/public-copy.ts';
import { WITHHELD_COLUMNS, WITHHELD_VIEWS, type PublicCopy } from '../data/public-tables.ts';
import { datasheetOf } from '../reports/datasheet.ts';
import { printJson } from '../reports/files.ts';
import { printMarkdown } from '../reports/formats/markdown.ts';
import { statisticsJsonSchema } from '../reports/statistics-schema.ts';
import { Failure } from './errors.ts';
import { writeParquet } from './parquet.ts';
import { reasonOf, writeWhole } from './write-file.ts';

const FILES = { parquet: 'parquet', statistics: 'statistics', readme: 'README.md', sums: 'SHA256SUMS' } as const;
const ADVICE = 'choose another folder with --out';

/** Writes the copy below a folder and returns the paths, the sums last: a copy without them was not finished. */
export async function exportPublic(database: Database, folder: string, version: string): Promise<readonly string[]> {
  const copy = await writePublicCopy(database, folder);
  const names = [copy.file, ...(await parquetFiles(copy, folder, version)), ...documents(copy, folder)];
  const lines = [];
  for (const name of names.toSorted()) lines.push(`${await digestOf(join(folder, name))}  ${name}\n`);
  writeWhole(join(folder, FILES.sums), lines.join(''), ADVICE);
  return [...names, FILES.sums].map((name) => join(folder, name));
}

async function parquetFiles(copy: PublicCopy, folder: string, version: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { table } of copy.tables) {
    const name = `${FILES.parquet}/${table.name}.parquet`;
    try {
      makeFolder(join(folder, FILES.parquet));
      await writeParquet(join(folder, name), table, copy.rowsOf(table), `incidence ${version}`);
    } catch (error) {
      throw new Failure(`${join(folder, name)} cannot be written (${reasonOf(error)}); ${ADVICE}`, { cause: error });
    }
    names.push(name);
  }
  return names;
}

function documents(copy: PublicCopy, folder: string): readonly string[] {
  const facts = copy.statistics.find(({ policy }) => policy.id === DEFAULT_POLICY);
  if (facts === undefined) throw new Error(`the copy has no statistics of ${DEFAULT_POLICY}`);
  const datasheet = datasheetOf({
    statistics: facts,
    tables: copy.tables,
    withheld: [...Object.entries(WITHHELD_VIEWS), ...Object.entries(WITHHELD_COLUMNS)],
    opening: copy.opening,
    files: { ...FILES, database: copy.file },
  });
  const files = [
    { name: FILES.readme, content: printMarkdown(datasheet) },
    { name: `${FILES.statistics}/statistics.schema.json`, content: printJson(statisticsJsonSchema()) },
    ...copy.statistics.map((one) => ({
      name: `${FILES.statistics}/${one.policy.id.toLowerCase()}.json`,
      content: printJson(one),
    })),
  ];
  for (const { name, content } of files) writeWhole(join(folder, name), content, ADVICE);
  return files.map(({ name }) => name);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** The documents that go with data: what tables and columns mean, and the datasheet of a public copy. Pure. */
import type { Statistics } from '../data/statistics/model.ts';
import { day, full } from './numbers.ts';
import { bullets, code, heading, link, paragraph, root, sql, table, type Inline, type Root, type RootContent } from './tree.ts';

/** A table or view for people's SQL. */
export interface Described {
  readonly name: string;
  readonly meaning: string;
  readonly columns: readonly { readonly name: string; readonly meaning: string }[];
}

/** What every table and column means. */
export function dictionaryOf(tables: readonly Described[], depth: 2 | 3 = 2): readonly RootContent[] {
  return tables.flatMap(({ name, meaning, columns }) => [
    heading(depth, code(name)),
    paragraph(meaning),
    table({
      label: `Columns of ${name}`,
      header: ['Column', 'Meaning'],
      rows: columns.map((one) => [code(one.name), one.meaning]),
    }),
  ]);
}

export interface DatasheetFacts {
  /** Of the default policy, for the facts about the run. */
  readonly statistics: Statistics;
  readonly tables: readonly { readonly table: Described; readonly rows: number }[];
  /** Views and columns that are left out, with the reason. */
  readonly withheld: readonly (readonly [name: string, reason: string])[];
  /** Programs that open the database, and how. */
  readonly opening: readonly { readonly with: string; readonly command: string }[];
  /** Names of the files, below the folder of the copy. */
  readonly files: { readonly database: string; readonly parquet: string; readonly statistics: string; readonly sums: string };
}

/** What the data is, how it came about, what it is good for and what not, and how it is opened. */
export function datasheetOf({ statistics, tables, withheld, opening, files }: DatasheetFacts): Root {
  const { run, registries, suppression } = statistics;
  const updated = run.closedAt === null ? 'not finished' : day(run.closedAt);
  const covered = registries.filter((one) => one.status === 'analysed');
  const missing = registries.filter((one) => one.status === 'not-analysed').map((one) => one.label);
  return root([
    heading(1, 'Incidence of web service secrets in package registries'),
    paragraph(
      `Run ${run.id}${run.period === null ? '' : ` (${run.period})`}, finished on ${updated}. How many packages carry secrets of web services, per registry and popularity, with everything that the figures rest on.`,
    ),
    heading(2, 'What it covers'),
    bullets([
      ...covered.map(
        (one) =>
          `${one.label}: ${full(one.frame.size)} packages listed on ${day(one.frame.takenAt)}, ${full(one.selected)} selected, ${full(one.analyzed)} analyzed, ${full(one.failed)} not readable.`,
      ),
      ...missing.map((label) => `${label}: not covered.`),
    ]),
    heading(2, 'How it came about'),
    paragraph(
      'Each registry was listed completely; packages on ranks 1 to 10\u202f000 were all selected, and of the others all, none, or a random sample: those with the least keyed hash of seed, registry and name (',
      code('sample.selection_key'),
      '), which anyone can compute again. The newest installable release was downloaded and opened in memory. Texts that have the form of a secret were tested by the least privileged call of their service, as far as validation was on (',
      code('runs.validation'),
      ').',
    ),
    paragraph(
      `Detectors ${run.detectorStamp}, version ${run.codeVersion}. Figures of runs with different detectors are not comparable; `,
      code('history'),
      ' has all denominators.',
    ),
    heading(2, 'What is not in it'),
    paragraph(
      `No secret, no part or fingerprint of one, and nothing that says in which package one was found. Numbers by service below ${suppression.below} are null. ${suppression.reason}`,
    ),
    bullets(withheld.map(([name, reason]): Inline[] => [code(name), ` ${reason}.`])),
    heading(2, 'What to mind'),
    bullets([
      'Detections are a lower bound: no detector finds everything, and what could not be read is counted apart.',
      'A package with a token about which its service gave no clear answer is undecided: neither a detection nor free of one.',
      'Counts per popularity tier cannot be compared with each other, rates can. Intervals are two-sided 95\u202f% ones.',
      'Names of packages in a sample say nothing about the packages.',
    ]),
    heading(2, 'Files'),
    table({
      label: 'Tables and their rows',
      header: ['Table', 'Rows', 'What it holds'],
      rows: tables.map(({ table: one, rows }) => [code(one.name), full(rows), one.meaning]),
      figures: ['Rows'],
    }),
    paragraph(
      'The same tables are in the database ',
      code(files.database),
      ' and as Parquet in ',
      code(`${files.parquet}/`),
      '; ',
      code(`${files.statistics}/`),
      ' has all figures of each policy in one file, with its schema. ',
      code(files.sums),
      ' has the SHA-256 of every file.',
    ),
    heading(2, 'Opening it'),
    ...opening.flatMap((one) => [paragraph(`With ${one.with}:`), shell(one.command)]),
    paragraph('With ', link('DuckDB', 'https://duckdb.org/'), ', which reads the Parquet files:'),
    sql(
      `select tier, per_10k, per_10k_low, per_10k_high\nfrom '${files.parquet}/incidence_by_tier.parquet'\nwhere policy = 'SQ34401' and registry = 'pypi'`,
    ),
    heading(2, 'Terms'),
    paragraph(
      'This copy names no licence: whoever publishes it does. Rankings and lists of packages come from the registries and sources in the table ',
      code('rankings'),
      ', under the terms that stand there.',
    ),
    heading(2, 'Columns'),
    ...dictionaryOf(
      tables.map((one) => one.table),
      3,
    ),
  ]);
}

function shell(value: string): RootContent {
  return { type: 'code', lang: 'sh', value };
}

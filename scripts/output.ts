/** Rows for people and programs: what `query` and other commands print on stdout. */
import { stringify } from 'csv-stringify/sync';

export const OUTPUT_FORMATS = ['table', 'csv', 'json', 'markdown'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Text of rows in a format, ending with a line feed. Control characters never reach a terminal. */
export function formatRows({ columns, rows }: Rows, format: OutputFormat): string {
  if (format === 'json') {
    const objects = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
    return `${JSON.stringify(objects, null, 2)}\n`;
  }
  if (format === 'csv') return stringify([[...columns], ...rows.map((row) => row.map(cell))], { escape_formulas: true });
  const texts = rows.map((row) => row.map((value) => printable(cell(value))));
  const numeric = columns.map(
    (_, index) => rows.length > 0 && rows.every((row) => row[index] === null || typeof row[index] === 'number'),
  );
  if (format === 'markdown') return markdownTable(columns, texts, numeric);
  const widths = columns.map((column, index) => Math.max(column.length, ...texts.map((row) => (row[index] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((text, index) => (numeric[index] === true ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${[line(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...texts.map(line)].join('\n')}\n`;
}

function markdownTable(columns: readonly string[], texts: readonly (readonly string[])[], numeric: readonly boolean[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((text) => text.replace(/[\\|<>{}*_`[\]]/g, '\\$&')).join(' | ')} |`;
  return `${[row(columns), `| ${columns.map((_, index) => (numeric[index] === true ? '---:' : '---')).join(' | ')} |`, ...texts.map(row)].join('\n')}\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return String(value);
  return JSON.stringify(value);
}

/** Escapes what could move a terminal's cursor or break a table: package names are foreign text. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

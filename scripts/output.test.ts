import { expect, test } from 'vitest';
import { formatRows, printable } from './output.ts';

const rows = {
  columns: ['name', 'count'],
  rows: [
    ['=1+1', 3],
    ['b\u001b[31m|', 12],
    [null, null],
  ],
} as const;

test('a table aligns numbers right and prints no control character', () => {
  expect(formatRows(rows, 'table')).toBe(
    'name          count\n------------  -----\n=1+1              3\nb\\u001b[31m|     12\n\n',
  );
});

test('CSV defuses formulas', () => {
  expect(formatRows(rows, 'csv')).toContain("'=1+1,3");
});

test('JSON keeps types and nulls', () => {
  expect(JSON.parse(formatRows(rows, 'json'))).toEqual([
    { name: '=1+1', count: 3 },
    { name: 'b\u001b[31m|', count: 12 },
    { name: null, count: null },
  ]);
});

test('Markdown escapes what is markup', () => {
  expect(formatRows(rows, 'markdown')).toContain('| b\\\\u001b\\[31m\\| | 12 |');
});

test('bidirectional overrides are shown, not obeyed', () => {
  expect(printable('a\u202eb')).toBe('a\\u202eb');
});

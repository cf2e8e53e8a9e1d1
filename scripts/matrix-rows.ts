import type { Matrix, MatrixRow } from '../analysis/stand-in/engine/verdict-matrix.ts';
import type { Rows } from './output.ts';

/** One row for each service and class of answer; the formats of a service that share a class are counted. */
export function matrixRows({ rows }: Matrix): Rows {
  const cells = Map.groupBy(rows, ({ service, answer }) => `${service} ${answer}`);
  return {
    columns: ['service', 'answer', 'expected', 'verdict', 'because of', 'formats', 'wrong'],
    rows: [...cells.values()].map(rowOf),
  };
}

function rowOf(cell: readonly MatrixRow[]): readonly unknown[] {
  const [{ service, answer } = { service: '', answer: '' }] = cell;
  const all = (pick: (row: MatrixRow) => string): string => [...new Set(cell.map(pick))].join(', ');
  return [
    service,
    answer,
    all(({ expected }) => expected),
    all(({ verdict }) => verdict),
    all(({ reason }) => reason),
    cell.length,
    cell.filter(({ expected, verdict }) => expected !== verdict).length,
  ];
}

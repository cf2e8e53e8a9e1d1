/** Writes rows as a Parquet file, a group of rows at a time: memory does not depend on their number. */
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import type { PublicRow, PublicTable, PublicValue } from '../data/public-tables.ts';

const TYPES = { text: 'STRING', integer: 'INT64', number: 'DOUBLE' } as const;

/** The meaning of the table and of its columns goes with the file, as key-value metadata. */
export async function writeParquet(
  path: string,
  { name, meaning, columns }: PublicTable,
  rows: Iterable<PublicRow>,
  createdBy: string,
): Promise<void> {
  await parquetWriteRows({
    writer: fileWriter(path),
    columns: columns.map((column) => ({ name: column.name, type: TYPES[column.type] })),
    rows: objects(columns, rows),
    kvMetadata: [
      { key: 'table', value: name },
      { key: 'meaning', value: meaning },
      ...columns.map((column) => ({ key: `column:${column.name}`, value: column.meaning })),
    ],
    createdBy,
  });
}

function* objects(columns: PublicTable['columns'], rows: Iterable<PublicRow>): Generator<Record<string, PublicValue | bigint>> {
  for (const row of rows) {
    const object: Record<string, PublicValue | bigint> = {};
    for (const [index, { name, type }] of columns.entries()) {
      const value = row[index] ?? null;
      object[name] = type === 'integer' && typeof value === 'number' ? BigInt(value) : value;
    }
    yield object;
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Insertable } from 'kysely';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { temporaryDatabase, type TestDatabase } from './example.ts';
import { describeOnEach } from './kinds-in-tests.ts';
import type { Schema } from './schema.ts';

/** Shaped like the class that holds a token: an object, and never a text. */
class Secret {
  readonly #value = '';
  reveal(): string {
    return this.#value;
  }
}

type Values<T> = T extends unknown ? T[keyof T] : never;
/** Everything that any column of any table takes. */
type Storable = Values<{ [Table in keyof Schema]: Values<Insertable<Schema[Table]>> }[keyof Schema]>;

describe('no column takes a secret', () => {
  // The type checker runs this one; at run time it does nothing.
  test('by type', () => {
    expectTypeOf<Secret>().not.toExtend<Storable>();
    expectTypeOf<object>().not.toExtend<Storable>();
    // The check itself can fail: texts and numbers are stored.
    expectTypeOf<'text'>().toExtend<Storable>();
    expectTypeOf<7>().toExtend<Storable>();
  });

  test('by description: README says of every text column what it holds', async () => {
    await using made = await temporaryDatabase();
    const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
    const missing: string[] = [];
    for (const table of await made.database.db.introspection.getTables()) {
      if (table.isView || table.name.startsWith('migration')) continue;
      const line = readme.split('\n').find((one) => one.startsWith(`| \`${table.name}\` |`)) ?? '';
      for (const column of table.columns) if (!line.includes(`\`${column.name}\``)) missing.push(`${table.name}.${column.name}`);
    }
    expect(missing).toEqual([]);
  });
});

describeOnEach('the schema', (kind) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await temporaryDatabase(kind);
  });
  afterAll(async () => made[Symbol.asyncDispose]());

  test('lets no secret through the driver', async () => {
    const secret: unknown = new Secret();
    const insert = sql`insert into meta (key, value) values ('a', ${secret})`.execute(made.database.db);
    await expect(insert).rejects.toThrow(/can only bind/);
  });

  test('in TypeScript is the one in the database', async () => {
    const source = readFileSync(join(import.meta.dirname, 'schema.ts'), 'utf8');
    const tables = (await made.database.db.introspection.getTables()).filter(
      (one) => !one.isView && !one.name.startsWith('migration'),
    );
    const declared = [...(/export interface Schema \{([^}]*)\}/.exec(source)?.[1] ?? '').matchAll(/(\w+): (\w+);/g)];
    expect(new Set(declared.map(([, table]) => table))).toEqual(new Set(tables.map((one) => one.name)));
    const shared = columnsOf(source, 'IncidenceColumns');
    for (const [, name, type] of declared) {
      const inherits = source.includes(`interface ${type ?? ''} extends IncidenceColumns`);
      const columns = [...columnsOf(source, type ?? ''), ...(inherits ? shared : [])];
      expect(columns.sort()).toEqual(
        (tables.find((one) => one.name === name)?.columns ?? []).map((column) => column.name).sort(),
      );
    }
  });

  test('finds no way to lose a reference', async () => {
    const orphan = sql`insert into place (ranking_id, rank, key, name) values (99, 1, 'a', 'a')`.execute(made.database.db);
    await expect(orphan).rejects.toThrow(/foreign key/i);
  });
});

function columnsOf(source: string, type: string): string[] {
  const body = new RegExp(`interface ${type} (?:extends \\w+ )?\\{([^}]*)\\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+): /gm)].map((match) => match[1] ?? '');
}

/** Makes the views, the dictionary and the small lists that queries join with, whenever their text changed. */
import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { DatabaseError, type Tx } from './database.ts';
import type { DialectWords } from './dialect.ts';
import { DICTIONARY } from './dictionary.ts';
import { REGISTRY_IDS, REGISTRY_LABELS, TIER_RANKS, TIERS } from './model.ts';
import { DEFAULT_POLICY, POLICIES } from './policies.ts';
import type { Schema } from './schema.ts';
import { familyOf } from './statistics/policy-scope.ts';
import { chunks } from './store/rows.ts';
import { views } from './views.ts';

const KEY = 'public-schema';

/**
 * Replaces the views by those of this version, where they differ. A reader of an older database gets along with its older views.
 * Views that somebody else made stay; where ours cannot be changed under them, they are made again afterwards, without rights that were
 * granted on them.
 */
export async function refreshPublicSchema(db: Kysely<Schema>, words: DialectWords): Promise<void> {
  const value = digestOf(words);
  const stored = (of: Kysely<Schema>) => of.selectFrom('meta').select('value').where('key', '=', KEY);
  if ((await stored(db).executeTakeFirst())?.value === value) return;
  await db.transaction().execute(async (tx) => {
    // Two that open a database at once make the views one after the other.
    await tx
      .insertInto('meta')
      .values({ key: KEY, value: '' })
      .onConflict((oc) => oc.doNothing())
      .execute();
    if ((await stored(tx).forUpdate().executeTakeFirst())?.value === value) return;
    const ours = await tx.selectFrom('data_dictionary').select('view').distinct().execute();
    // The current run goes last: all others stand on it.
    const names = [...ours.map((one) => one.view).filter((name) => name !== 'current_run'), 'current_run'];
    const standing = await dependentsOf(tx, words, names);
    for (const { name } of standing.toReversed()) await sql`drop view ${sql.raw(name)}`.execute(tx);
    for (const name of names) await sql`drop view if exists ${sql.table(name)}`.execute(tx);
    for (const view of views(words)) await sql`create view ${sql.table(view.name)} as ${sql.raw(view.sql)}`.execute(tx);
    for (const one of standing) await makeAgain(tx, one);
    await writeDictionary(tx);
    await writeLists(tx);
    await tx.updateTable('meta').set({ value }).where('key', '=', KEY).execute();
  });
}

interface OwnView {
  readonly name: string;
  readonly definition: string;
}

/** Views of people's own that would be in the way. */
async function dependentsOf(tx: Tx, { dependents }: DialectWords, names: readonly string[]): Promise<readonly OwnView[]> {
  return dependents === null ? [] : (await sql.raw<OwnView>(dependents(names)).execute(tx)).rows;
}

async function makeAgain(tx: Tx, { name, definition }: OwnView): Promise<void> {
  try {
    await sql`create view ${sql.raw(name)} as ${sql.raw(definition)}`.execute(tx);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new DatabaseError(
      'unsuitable',
      `the view ${name}, which stands on views of an older version, does not fit those of this one (${said}); drop it and start again, nothing was changed`,
      { cause: error },
    );
  }
}

function digestOf(words: DialectWords): string {
  const all = [views(words), DICTIONARY, byInterest(), REGISTRY_LABELS, TIER_RANKS];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

/** Position 0 is the view itself, with an empty column name. */
async function writeDictionary(tx: Tx): Promise<void> {
  await tx.deleteFrom('data_dictionary').execute();
  const rows: { view: string; position: number; name: string; meaning: string }[] = [];
  for (const { view, meaning, columns } of DICTIONARY) {
    rows.push({ view, position: 0, name: '', meaning });
    for (const [index, [name, text]] of Object.entries(columns).entries())
      rows.push({ view, position: index + 1, name, meaning: text });
  }
  for (const chunk of chunks(rows, 4)) await tx.insertInto('data_dictionary').values(chunk).execute();
}

/** The catalogue with the default policy first: the one people look for. */
function byInterest(): readonly (typeof POLICIES)[number][] {
  return POLICIES.toSorted((a, b) => Number(b.id === DEFAULT_POLICY) - Number(a.id === DEFAULT_POLICY));
}

async function writeLists(tx: Tx): Promise<void> {
  await tx.deleteFrom('policy').execute();
  await tx.deleteFrom('registry').execute();
  await tx.deleteFrom('tier').execute();
  const policies = byInterest().map(({ id, title, severity, ciStatus }, position) => ({
    id,
    position,
    title,
    family: familyOf(id),
    severity,
    ci_status: ciStatus,
  }));
  await tx.insertInto('policy').values(policies).execute();
  await tx
    .insertInto('registry')
    .values(REGISTRY_IDS.map((id, position) => ({ id, position, label: REGISTRY_LABELS[id] })))
    .execute();
  const tiers = TIERS.map((id, position) => {
    if (id === 'unranked') return { id, position, first_rank: TIER_RANKS.top10000[1] + 1, last_rank: null };
    const [first, last] = TIER_RANKS[id];
    return { id, position, first_rank: first, last_rank: last };
  });
  await tx.insertInto('tier').values(tiers).execute();
}

/** The named queries: `.sql` files beside this one, each with its title in the first line, for people and behind the figures. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICY, type PolicyId } from './policies.ts';

export interface NamedQuery {
  readonly name: string;
  readonly title: string;
  readonly sql: string;
}

const FOLDER = join(import.meta.dirname, 'queries');

/** All named queries, by name. They ask about the default policy. */
export function namedQueries(): readonly NamedQuery[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => parse(file.replace(/\.sql$/, ''), readFileSync(join(FOLDER, file), 'utf8')));
}

/** The query behind each figure of a report, asking about the report's policy. */
export function queriesFor(policy: PolicyId): readonly NamedQuery[] {
  return namedQueries()
    .filter(({ name }) => FIGURES.includes(name))
    .map(({ name, title, sql }) => ({ name, title, sql: sql.replaceAll(DEFAULT_POLICY, policy) }))
    .toSorted((a, b) => FIGURES.indexOf(a.name) - FIGURES.indexOf(b.name));
}

/** In the order of a report; `detections` names packages and is no figure. */
const FIGURES: readonly string[] = [
  'totals',
  'distribution',
  'services',
  'verdicts',
  'clusters',
  'coverage',
  'missing',
  'history',
];

function parse(name: string, text: string): NamedQuery {
  const [first = '', ...rest] = text.split('\n');
  if (!first.startsWith('-- ')) throw new Error(`the query ${name}.sql has no title in its first line ("-- Title")`);
  return { name, title: first.slice(3).trim(), sql: rest.join('\n').trim() };
}

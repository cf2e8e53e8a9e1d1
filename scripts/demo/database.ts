/** Where the demo keeps its results. */
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { DEFAULT_DATABASE } from '../../data/location.ts';

/** What makes a world: the same two always make the same one. */
export interface Named {
  readonly seed: string;
  readonly scale: number;
}

/** A world has a database of its own: what is invented stays out of the figures of real registries and of other worlds. */
export function databaseOf({ seed, scale }: Named): string {
  const world = seed === 'demo' && scale === 1 ? 'demo' : `demo-${seed.replace(/[^\w.-]+/g, '_')}-${scale}`;
  return join(dirname(DEFAULT_DATABASE), `${world}${extname(DEFAULT_DATABASE)}`);
}

/**
 * For commands that only read: the database that was asked for, or that of the demo where nothing else has ever been run. Whoever
 * has just tried the demo looks at its results without a word more, and is told whose they are.
 */
export function resultsIn(db: string, stderr: { write(text: string): unknown }): string {
  const demo = databaseOf({ seed: 'demo', scale: 1 });
  if (db !== DEFAULT_DATABASE || existsSync(db) || !existsSync(demo)) return db;
  stderr.write(`There is no ${db} yet: this is of the demo's invented world, ${demo}.\n`);
  return demo;
}

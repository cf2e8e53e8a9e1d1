/**
 * The migrations, in order of their numbers. Once released, a migration is never edited: the next one mends it. Views are no
 * part of it: they hold no data and are made anew whenever their text changes (`upgrade.ts`).
 */
import type { Migration } from 'kysely/migration';
import type { DialectWords } from '../dialect.ts';
import { tables } from './m0001-tables.ts';
import { workers } from './m0002-workers.ts';
import { disclosures } from './m0003-disclosures.ts';
import { movedPackages } from './m0004-moved-packages.ts';
import { laterLooks } from './m0005-later-looks.ts';
import { requestsOnce } from './m0006-requests-once.ts';
import { permitsAhead } from './m0007-permits-ahead.ts';

export function migrations(words: DialectWords): Readonly<Record<string, Migration>> {
  return {
    '0001-tables': tables(words),
    '0002-workers': workers(words),
    '0003-disclosures': disclosures(words),
    '0004-moved-packages': movedPackages(words),
    '0005-later-looks': laterLooks(words),
    '0006-requests-once': requestsOnce(words),
    '0007-permits-ahead': permitsAhead(words),
  };
}

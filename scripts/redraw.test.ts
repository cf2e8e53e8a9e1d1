/** Anyone can draw a sample again: a shell, a database tool and `sha256sum` come to what the program drew. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openExampleRun, temporaryDatabase } from '../data/example.ts';
import { describeOnEach } from '../data/kinds-in-tests.ts';
import { finishFrame, saveNamePage } from '../data/store/frame.ts';
import { saveRanking, saveSelection } from '../data/store/selection.ts';
import { drawSample } from './draw.ts';

const SCRIPT = join(import.meta.dirname, '../data/redraw.sh');
const missing = spawnSync(
  'sh',
  [
    '-c',
    'for tool in $(sed -n "s/.*ask() { \\([a-z0-9]*\\).*/\\1/p" "$0") sha256sum sort; do command -v $tool >/dev/null || echo $tool; done',
    SCRIPT,
  ],
  { encoding: 'utf8' },
).stdout.trim();

describeOnEach('anyone', (kind) => {
  test.skipIf(missing !== '')(
    `the sample redrawn outside of the program is the same${missing === '' ? '' : `: skipped without ${missing}`}`,
    async () => {
      await using made = await temporaryDatabase(kind);
      const { database, path } = made;
      const seed = 'a seed with spaces, "marks" and ü';
      const run = await openExampleRun(database, { registries: ['npm'], seed });
      const names = Array.from({ length: 200 }, (_, at) => ({
        name: `@scope-${at % 7}/Näme-${at}`,
        key: `@scope-${at % 7}/Näme-${at}`,
      }));
      await saveNamePage(database, run, 'npm', { names, cursor: 'end', dropped: {} });
      await finishFrame(database, run, 'npm', { takenAt: 1, by: 'listed' });
      const source = {
        id: 'test',
        label: 'test',
        url: 'https://example.org',
        measures: 'downloads',
        terms: 'none',
        weaknesses: 'none',
        places: 45,
      };
      // The last two stand outside of the tiers: they are drawn like any other.
      const places = names
        .slice(100, 145)
        .map((one, at) => ({ ...one, rank: at < 43 ? at + 1 : at + 9_958 + 1, downloads: 1_000 - at }));
      await saveRanking(database, run, 'npm', { source, dated: null, takenAt: 1, places, dropped: {} });
      await saveSelection(database, run, 'npm', await drawSample(database, run, 'npm', { seed, size: 50 }), 1);
      const drawn = await database.db
        .selectFrom('selection')
        .innerJoin('package', 'package.id', 'selection.package_id')
        .select(['package.key', 'selection_key'])
        .where('run_id', '=', run)
        .orderBy('position')
        .execute();
      const redrawn = execFileSync('sh', [SCRIPT, path, String(run), 'npm', '50'], { encoding: 'utf8', timeout: 30_000 });
      expect(drawn.length).toBe(93);
      expect(redrawn).toBe(drawn.map((one) => `${one.key} ${one.selection_key}\n`).join(''));
    },
  );
});

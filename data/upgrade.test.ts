import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openExampleRun, temporaryDatabase } from './example.ts';
import { describeOnEach } from './kinds-in-tests.ts';
import { sharedLeases } from './leases.ts';
import { openDatabase, openReadOnly } from './open.ts';
import { listRuns } from './store/progress.ts';

describeOnEach('an older database', (kind) => {
  test('is brought up to date by whoever may write, keeps what it holds, and tells readers what to do', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database);
    await sql`alter table permit drop column usable_at`.execute(made.database.db);
    await sql`delete from migration where name = '0007-permits-ahead'`.execute(made.database.db);
    await expect(openReadOnly(made.path)).rejects.toMatchObject({
      reason: 'older',
      message: expect.stringMatching(/0007-permits-ahead missing.*open it once for writing/),
    });
    const current = await openDatabase(made.path);
    expect(await listRuns(current)).toEqual([run]);
    const pool = { key: 'lane', host: null, size: 1, leaseMs: 1000, graceMs: 0, aheadMs: 0 };
    expect((await sharedLeases(current, 'one').take(pool, 1, 1)).permits).toHaveLength(1);
    await current.close();
    await (await openReadOnly(made.path)).close();
  });
});

import { expect, test } from 'vitest';
import { analysed, names, openExampleRun, prepareRegistry, SPEC, temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { saveChangePage } from './frame.ts';
import { recallRelease } from './unchanged.ts';
import { savePackageResult } from './work.ts';

describeOnEach('the release that an earlier run read', (kind) => {
  test('is remembered where nothing has moved since, all of it was read, and the same is to be read', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const first = await openExampleRun(database, { registries: ['npm'] });
    const [still, moved, partial, failed] = await prepareRegistry(database, first, 'npm', { count: 4, ranked: 0 });
    const unread = [{ path: ['a.whl'], reason: 'too-large', detail: 'more than allowed' }] as const;
    const results = [
      [still, analysed('npm', 'npm-1', [])],
      [moved, analysed('npm', 'npm-2', [])],
      [partial, analysed('npm', 'npm-3', [], unread)],
      [failed, { state: 'failed', reason: 'unavailable', detail: '' }],
    ] as const;
    for (const [one, result] of results) await savePackageResult(database, first, one?.packageId ?? 0, result, { now: 5 });

    const later = await openExampleRun(database, { registries: ['npm'], seed: 'later' });
    const touched = names(2, 'npm').slice(1);
    await saveChangePage(database, later, 'npm', { touched, removed: [], cursor: 'next', dropped: {} }, 9);
    const recalled = await Promise.all(
      results.map(async ([one]) => (await recallRelease(database, later, one?.packageId ?? 0))?.artifacts[0]?.filename ?? null),
    );
    expect(recalled).toEqual(['npm-1-1.0.tgz', null, null, null]);
    const config = { ...SPEC.config, artifacts: 'all' };
    const other = await openExampleRun(database, { registries: ['npm'], seed: 'other', config });
    expect(await recallRelease(database, other, still?.packageId ?? 0)).toBeNull();
  });
});

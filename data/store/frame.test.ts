import { expect, test } from 'vitest';
import { names, openExampleRun, prepareRegistry, temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { finishFrame, readFrame, readFeed, registryProgress, saveChangePage, saveNamePage, saveNamedPackages } from './frame.ts';
import { readProgress } from './progress.ts';
import { readRanks, saveSelection } from './selection.ts';

describeOnEach('the frame', (kind) => {
  test('pages repeat without doubling, and the cursor moves with the page', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database);
    const page = { names: names(3), cursor: 'a', dropped: { nameless: 2 }, after: null };
    await saveNamePage(made.database, run, 'npm', page);
    await saveNamePage(made.database, run, 'npm', page);
    const next = { names: [...names(2), ...names(2, 'other')], cursor: 'b', dropped: {}, after: 'a' };
    await saveNamePage(made.database, run, 'npm', next);
    // A process that stood still while another took the listing over stores nothing, and moves no cursor back.
    const stale = saveNamePage(made.database, run, 'npm', { ...page, names: names(9, 'stale') });
    await expect(stale).rejects.toMatchObject({ reason: 'busy' });
    expect((await registryProgress(made.database, run, 'npm')).namesCursor).toBe('b');
    expect(await finishFrame(made.database, run, 'npm', { takenAt: 5, by: 'listed' })).toBe(5);
    expect(await finishFrame(made.database, run, 'npm', { takenAt: 9, by: 'listed' })).toBe(5);
    expect((await registryProgress(made.database, run, 'npm')).frame).toEqual({ size: 5, takenAt: 5 });
    expect((await readProgress(made.database, run, 0)).registries.at(-1)?.dropped).toEqual([{ reason: 'nameless', count: 2 }]);
    expect(await readFeed(made.database, 'npm')).toEqual({ cursor: 'b', readAt: 5, run, origins: null });
  });

  test('what is no longer listed is marked, and each run keeps its own frame', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const first = await openExampleRun(database);
    await saveNamePage(database, first, 'npm', { names: names(4), cursor: 'a', dropped: {} });
    await finishFrame(database, first, 'npm', { takenAt: 5, by: 'listed' });
    const second = await openExampleRun(database, { seed: 'second' });
    await saveNamePage(database, second, 'npm', { names: [...names(2), ...names(3, 'new')], cursor: 'b', dropped: {} });
    expect(await finishFrame(database, second, 'npm', { takenAt: 6, by: 'listed' })).toBe(5);
    const third = await openExampleRun(database, { seed: 'third' });
    const page = { touched: names(1, 'newest'), removed: names(1), cursor: 'c', dropped: { odd: 1 } };
    await saveChangePage(database, third, 'npm', { ...page, after: 'b' }, 7);
    const stale = saveChangePage(database, third, 'npm', { ...page, cursor: 'y', after: 'b' }, 7);
    await expect(stale).rejects.toMatchObject({ reason: 'busy' });
    await saveChangePage(database, third, 'npm', page, 8);
    // The feed has moved with its page, before the frame is finished, and the run has no place in a list.
    expect(await readFeed(database, 'npm')).toMatchObject({ cursor: 'c', readAt: 7 });
    expect((await registryProgress(database, third, 'npm')).namesCursor).toBeNull();
    expect((await readProgress(database, third, 0)).registries.at(-1)?.dropped).toEqual([{ reason: 'odd', count: 1 }]);
    expect(await finishFrame(database, third, 'npm', { takenAt: 7, by: 'changed' })).toBe(5);
    const framed = async (run: number) => {
      const all: string[] = [];
      for await (const page of readFrame(database, run, 'npm', 2)) all.push(...page.map((one) => one.name));
      return all;
    };
    expect(await framed(first)).toEqual(['package-1', 'package-2', 'package-3', 'package-4']);
    expect(await framed(second)).toEqual(['package-1', 'package-2', 'new-1', 'new-2', 'new-3']);
    expect(await framed(third)).toEqual(['package-2', 'new-1', 'new-2', 'new-3', 'newest-1']);
  });

  test('a run that goes on after a later one has listed misses nothing, and takes nothing from it', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const earlier = await openExampleRun(database);
    await saveNamePage(database, earlier, 'npm', { names: names(2), cursor: 'a', dropped: {} });
    const later = await openExampleRun(database, { seed: 'later' });
    await saveNamePage(database, later, 'npm', { names: names(4), cursor: 'end', dropped: {} });
    expect(await finishFrame(database, later, 'npm', { takenAt: 5, by: 'listed' })).toBe(4);
    await saveNamePage(database, earlier, 'npm', { names: names(4), cursor: 'b', dropped: {} });
    expect(await finishFrame(database, earlier, 'npm', { takenAt: 6, by: 'listed' })).toBe(4);
    const known = await database.db.selectFrom('package').select(['listed_run', 'moved_run', 'gone_run']).distinct().execute();
    expect(known).toEqual([{ listed_run: later, moved_run: later, gone_run: null }]);
  });

  test('a listing that lacks too much is not believed: nothing is marked, and it is begun anew', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const first = await openExampleRun(database);
    await saveNamePage(database, first, 'npm', { names: names(200), cursor: 'a', dropped: {} });
    await finishFrame(database, first, 'npm', { takenAt: 5, by: 'listed' });
    const second = await openExampleRun(database, { seed: 'second' });
    const gone = async () =>
      (await database.db.selectFrom('package').select('name').where('gone_run', 'is not', null).execute()).length;
    for (const listed of [0, 179]) {
      await saveNamePage(database, second, 'npm', { names: names(listed), cursor: 'end', dropped: {} });
      const ending = finishFrame(database, second, 'npm', { takenAt: 6, by: 'listed' });
      await expect(ending).rejects.toThrow(`the registry lists ${listed} names, and ${200 - listed} that it listed before`);
      expect(await registryProgress(database, second, 'npm')).toMatchObject({ namesCursor: null, frame: null });
      expect(await gone()).toBe(0);
    }
    expect(await readFeed(database, 'npm')).toMatchObject({ cursor: 'a' });
    await saveNamePage(database, second, 'npm', { names: names(180), cursor: 'end', dropped: {} });
    expect(await finishFrame(database, second, 'npm', { takenAt: 6, by: 'listed' })).toBe(180);
    expect(await gone()).toBe(20);
  });

  test('named packages are a frame of their own and claim nothing of the registry', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const named = await openExampleRun(database, { scope: 'named' });
    const found = await saveNamedPackages(database, named, 'npm', [...names(2), ...names(1)], 5);
    expect(found.map((one) => one.name)).toEqual(['package-1', 'package-2']);
    expect((await registryProgress(database, named, 'npm')).frame?.size).toBe(2);
    const listed = await openExampleRun(database);
    await saveNamePage(database, listed, 'npm', { names: names(1), cursor: 'a', dropped: {} });
    expect(await finishFrame(database, listed, 'npm', { takenAt: 6, by: 'listed' })).toBe(1);
  });

  test('a name with a NUL or half a character is stored as valid text', async () => {
    await using made = await temporaryDatabase(kind);
    const run = await openExampleRun(made.database);
    await saveNamePage(made.database, run, 'npm', {
      names: [{ name: 'a\0b\uD800', key: 'a\0b\uD800' }],
      cursor: 'a',
      dropped: {},
    });
    expect(await made.database.db.selectFrom('package').select('name').execute()).toEqual([{ name: 'a\uFFFDb\uFFFD' }]);
  });
});

describeOnEach('the sample', (kind) => {
  test('is stored once, in order, with the sizes of the strata', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database);
    const frame = await prepareRegistry(database, run, 'npm', { count: 300, ranked: 120, sample: 30 });
    expect(frame).toHaveLength(300);
    expect((await readRanks(database, run, 'npm')).get('npm-101')).toBe(101);
    expect(await saveSelection(database, run, 'npm', [], 9)).toBe(150);
    const strata = await database.db
      .selectFrom('run_stratum')
      .select(['tier', 'population', 'selected'])
      .where('run_id', '=', run)
      .execute();
    expect(Object.fromEntries(strata.map((one) => [one.tier, [one.population, one.selected]]))).toEqual({
      top100: [100, 100],
      top1000: [20, 20],
      top10000: [0, 0],
      unranked: [180, 30],
    });
  });
});

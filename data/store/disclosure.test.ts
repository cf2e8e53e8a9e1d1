import { expect, test } from 'vitest';
import { analysed, finding, openExampleRun, prepareRegistry, sha256, temporaryDatabase } from '../example.ts';
import { describeOnEach } from '../kinds-in-tests.ts';
import { disclosureSources, saveDisclosure, toldBefore } from './disclosure.ts';
import { savePackageResult } from './work.ts';

describeOnEach('what is told to a service', (kind) => {
  test('are its working tokens at every artifact that has them, to each recipient once', async () => {
    await using made = await temporaryDatabase(kind);
    const { database } = made;
    const run = await openExampleRun(database, { registries: ['npm'] });
    const frame = await prepareRegistry(database, run, 'npm', { count: 3, ranked: 0 });
    const found = [
      [finding('works'), finding('works elsewhere', { verdict: 'restricted' }), finding('revoked', { verdict: 'inactive' })],
      [finding('works'), finding('of another service', { service: 'stripe' })],
      [finding('undecided', { verdict: 'unknown' })],
    ];
    for (const [index, { packageId, name }] of frame.entries())
      await savePackageResult(database, run, packageId, analysed('npm', name, found[index] ?? []), { now: 5 });

    const sources = await disclosureSources(database, run, 'slack');
    const told = sources.map(({ name, version, tokens }) => [name, version, tokens.map((one) => one.fingerprint).sort()]);
    expect(told).toEqual([
      ['npm-1', '1.0', [sha256('works'), sha256('works elsewhere')].sort()],
      ['npm-2', '1.0', [sha256('works')]],
    ]);
    expect(sources[0]?.sha256).toBe(sha256('npm-1-1.0.tgz'));

    const tokenIds = sources.flatMap(({ tokens }) => tokens.map((one) => one.tokenId));
    const receipt = { run, service: 'slack', file: 'a.age', sha256: sha256('a'), places: 3, madeAt: 7 };
    await saveDisclosure(database, [{ ...receipt, recipient: 'first', tokenIds }]);
    expect(await toldBefore(database, 'slack', 'first')).toEqual(new Set(tokenIds));
    expect((await toldBefore(database, 'slack', 'second')).size).toBe(0);
    const { tokens } = await database.db.selectFrom('disclosure').select('tokens').executeTakeFirstOrThrow();
    expect(tokens).toBe(2);
  });
});

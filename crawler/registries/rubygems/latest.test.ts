import { describe, expect, test } from 'vitest';
import { Malformed } from '../../errors.ts';
import type { Draft } from '../../stand-in/handmade.ts';
import { appThrottled, NGINX_429 } from '../../stand-in/rubygems.ts';
import { rubygems } from './index.ts';
import { gem, open, platforms, REPRESENTATIVE } from './test-kit.ts';

describe('latest', () => {
  test.each<[string, readonly (string | Draft)[], string, string]>([
    ['a final version before a higher pre-release', ['1.0', { version: '2.0.rc1', prerelease: true }], '1.0', 'demo-1.0.gem'],
    ['by number, not by time', ['2.0', '1.9.1'], '2.0', 'demo-2.0.gem'],
    ['numbers, not letters', ['1.9', '1.10'], '1.10', 'demo-1.10.gem'],
    ['a pre-release where there is nothing else', ['1.0.beta10', '1.0.beta9'], '1.0.beta10', 'demo-1.0.beta10.gem'],
    ['not a yanked one', ['1.0', { version: '1.1', withdrawn: true }], '1.0', 'demo-1.0.gem'],
    ['platform ruby before any', [platforms('demo', '1.0', ['x86_64-linux', '', 'java'])], '1.0', 'demo-1.0.gem'],
    [
      'Linux where there is no ruby',
      [platforms('demo', '1.0', ['arm64-darwin', 'x86_64-linux-gnu'])],
      '1.0',
      'demo-1.0-x86_64-linux-gnu.gem',
    ],
    ['what installs before what is higher', ['1.0', platforms('demo', '1.1', ['java'])], '1.0', 'demo-1.0.gem'],
    [
      'a newer native gem before an older one for ruby',
      ['1.0', platforms('demo', '1.1', ['x86_64-linux'])],
      '1.1',
      'demo-1.1-x86_64-linux.gem',
    ],
    ['any platform where there is no other', [platforms('demo', '1.0', ['x64-mingw-ucrt', 'java'])], '1.0', 'demo-1.0-java.gem'],
    [
      'a final for another platform before a pre-release',
      [platforms('demo', '1.0', ['java']), '2.0.pre'],
      '1.0',
      'demo-1.0-java.gem',
    ],
  ])('%s', async (_, releases, version, filename) => {
    await using session = await open([gem('demo', releases)]);
    const found = await rubygems.latest('demo', session.io, REPRESENTATIVE);
    expect(found).toMatchObject({ version, artifacts: [{ filename, kind: 'gem' }] });
  });

  test('all platforms on demand, the representative one first; and a note on what was passed over', async () => {
    const demo = gem('demo', [platforms('demo', '1.0', ['java', '', 'x86_64-linux']), platforms('demo', '1.1', ['java'])]);
    await using session = await open([demo]);
    const found = await rubygems.latest('demo', session.io, { artifacts: 'all' });
    expect(found).toMatchObject({
      version: '1.0',
      artifacts: [{ filename: 'demo-1.0.gem' }, { filename: 'demo-1.0-x86_64-linux.gem' }, { filename: 'demo-1.0-java.gem' }],
      notes: ['a higher version is there for other platforms only: 1.1, java'],
    });
  });

  test('the older form of the index has no times', async () => {
    await using session = await open([gem('demo')], { infoVersion: 1 });
    expect(await rubygems.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({ version: '1.0', publishedAt: null });
  });

  test('lines that are no versions are dropped and counted; a checksum that is none is no checksum', async () => {
    const strays = ['what', '1..2 |checksum:00', 'x-java |', '2.0 |checksum:zz,odd', '3.0-a/b |'];
    await using session = await open([gem('demo')], { infoStrays: new Map([['demo', strays]]) });
    expect(await rubygems.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({
      version: '2.0',
      artifacts: [{ digest: null }],
    });
    expect(session.drops).toEqual(Array(4).fill('info-line-not-understood'));
  });

  test.each([
    ['all-yanked', gem('demo', [{ version: '1.0', withdrawn: true }], { latest: null, noRelease: 'all-yanked' })],
    ['not-found', gem('demo', [], { latest: null, noRelease: 'not-found' })],
    ['not-found', gem('Demo')],
  ] as const)('no release: %s', async (reason, one) => {
    await using session = await open([one]);
    expect(await rubygems.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({
      registry: 'rubygems',
      name: 'demo',
      reason,
    });
  });

  test('a page of HTML in place of an info file is said so', async () => {
    await using session = await open([gem('demo')]);
    session.server.faults(() => ({ kind: 'answer', answer: { status: 200, body: '<html></html>' } }));
    await expect(rubygems.latest('demo', session.io, REPRESENTATIVE)).rejects.toThrow(Malformed);
  });

  test.each([
    ['nginx, without a word on how long', NGINX_429],
    ['the application, with Retry-After', appThrottled(1)],
  ])('too many requests, said by %s: waited for and asked again', async (_, answer) => {
    await using session = await open([gem('demo')]);
    session.server.faults((_request, index) => (index === 0 ? { kind: 'answer', answer } : null));
    expect(await rubygems.latest('demo', session.io, REPRESENTATIVE)).toMatchObject({ version: '1.0' });
    expect(session.server.ledger.map(({ status }) => status)).toEqual([429, 200]);
  });

  test.each([
    [403, 'the host refuses'],
    [404, 'no such thing'],
  ] as const)('a listed gem whose file is lost (%s) is an error of its download', async (status, message) => {
    await using session = await open([gem('demo')], { lost: new Map([['demo-1.0.gem', status]]) });
    const found = await rubygems.latest('demo', session.io, REPRESENTATIVE);
    const [artifact] = 'artifacts' in found ? found.artifacts : [];
    if (artifact === undefined) throw new Error('expected an artifact');
    await expect(session.io.download(artifact, { maxBytes: 1000 })).rejects.toThrow(message);
  });
});

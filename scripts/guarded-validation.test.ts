/** The validation engine, the guarded way out and the database's memory, joined as a run joins them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { candidateOf } from '../analysis/stand-in/engine/candidates.ts';
import { inventedService, inventedStandIn } from '../analysis/stand-in/engine/invented.ts';
import { startServiceStandIns } from '../analysis/stand-in/engine/service-stand-ins.ts';
import { openDatabase } from '../data/open.ts';
import { validationMemory } from '../data/store/validation.ts';
import { exampleValidator, memoryOf } from './example-validation.ts';

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start() {
  const now = new Date('2030-01-01T00:00:00Z');
  const standIns = await startServiceStandIns({ services: [inventedService()], standIns: [inventedStandIn()], now });
  closers.push(() => standIns.server.close());
  return standIns;
}

describe('through the guarded way out', () => {
  test.each([
    ['active', 'active', 'user'],
    ['restricted', 'restricted', 'scope'],
    ['revoked', 'inactive', 'revoked'],
    ['waf-200-html', 'unknown', 'html'],
    ['redirect', 'unknown', 'redirect'],
    ['stall', 'unknown', 'timeout'],
    ['cut', 'unknown', 'truncated'],
    ['reset', 'unknown', 'connection'],
    ['huge', 'unknown', 'body-too-long'],
  ] as const)('%s is %s (%s)', async (answer, verdict, reason) => {
    const standIns = await start();
    const token = standIns.issue('invented', { seed: 'a', verdict: null, answer });
    const [finding] = await exampleValidator({ host: standIns.hostOf('invented') }).judge([candidateOf(token)]);
    expect(finding).toMatchObject({ verdict, reason });
    expect(standIns.callsFor(token)).toBe(1);
  });

  test.each([
    [{}, 'no-contact'],
    [{ contact: 'team@example.org' }, 'address-not-public'],
  ])('with %j, a service whose name leads to loopback gets nothing: %s', async (contact, reason) => {
    const standIns = await start();
    const token = standIns.issue('invented', { seed: 'a', verdict: null, answer: 'active' });
    const [finding] = await exampleValidator(contact).judge([candidateOf(token)]);
    expect(finding).toMatchObject({ verdict: 'unknown', reason, policy: null });
    expect(standIns.server.ledger).toEqual([]);
  });
});

describe('with a database', () => {
  /** Begins a question and waits for an answer that does not come. */
  const ASKS = `
    const { url, host, token } = JSON.parse(process.env.QUESTION);
    const load = (path) => import(new URL(path, process.env.HERE).href);
    const { candidateOf } = await load('../analysis/stand-in/engine/candidates.ts');
    const { openDatabase } = await load('../data/open.ts');
    const { validationMemory } = await load('../data/store/validation.ts');
    const { exampleValidator, memoryOf } = await load('./example-validation.ts');
    const memory = memoryOf(validationMemory(await openDatabase(url), { run: null, keyId: 'key' }));
    await exampleValidator({ host, memory }).judge([candidateOf(token)]);
  `;

  test('a validation that is killed with a question open resumes without asking twice, and leaves no token behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'incidence-killed-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const url = join(folder, 'killed.db');
    const standIns = await start();
    const host = standIns.hostOf('invented');
    const token = standIns.issue('invented', { seed: 'a', verdict: null, answer: 'stall' });

    const child = spawn(process.execPath, ['--input-type=module', '-e', ASKS], {
      env: { ...process.env, QUESTION: JSON.stringify({ url, host, token }), HERE: import.meta.url },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const gone = once(child, 'exit');
    await expect.poll(() => standIns.callsFor(token), { timeout: 20_000, interval: 20 }).toBe(1);
    child.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);

    const database = await openDatabase(url);
    closers.push(() => database.close());
    const memory = memoryOf(validationMemory(database, { run: null, keyId: 'key' }));
    const [finding] = await exampleValidator({ host, memory }).judge([candidateOf(token)]);
    expect(finding).toMatchObject({ verdict: 'unknown', reason: 'interrupted' });
    expect(standIns.callsFor(token)).toBe(1);

    const answered = standIns.issue('invented', { seed: 'b', verdict: 'active' });
    for (let run = 0; run < 2; run++) {
      const [other] = await exampleValidator({ host, memory }).judge([candidateOf(answered)]);
      expect(other?.verdict).toBe('active');
    }
    expect(standIns.callsFor(answered)).toBe(1);
    const written = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(written.length).toBeGreaterThan(0);
    for (const secret of [...token.secrets, ...answered.secrets]) {
      for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]) {
        expect(written.some((text) => text.includes(form))).toBe(false);
      }
    }
  });
});

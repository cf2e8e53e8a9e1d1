import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp, type Http } from '../crawler/http.ts';
import { memoryLedger } from '../crawler/memory-ledger.ts';
import { rubygems } from '../crawler/registries/rubygems/index.ts';
import { startServer, type StandInServer } from '../crawler/stand-in/server.ts';
import { exampleDatabase, type TestDatabase } from '../data/example.ts';
import { readProgress } from '../data/store/progress.ts';
import { serveMetrics, type MetricsServer } from './metrics.ts';

let made: TestDatabase;
let host: StandInServer;
let http: Http;
let server: MetricsServer;
const tally = { downloaded: 3, known: 1 };

beforeAll(async () => {
  made = await exampleDatabase();
  host = await startServer(() => () => ({ status: 200, body: 'words' }));
  http = createHttp({ version: '0', contact: undefined, now: Date.now, random: Math.random, ledger: memoryLedger() });
  const io = http.io(rubygems, { origins: { index: host.origin }, signal: AbortSignal.timeout(10_000) });
  await io.text(`${host.origin}/names`);
  server = await serveMetrics('0', {
    progress: async () => readProgress(made.database, 1, 6_000),
    hosts: () => http.hosts(),
    tally,
  });
});

afterAll(async () => {
  await server.close();
  http.close();
  await host.close();
  await made[Symbol.asyncDispose]();
});

async function scrape(path = '/metrics'): Promise<{ status: number; text: string }> {
  const answer = await fetch(new URL(path, server.url));
  return { status: answer.status, text: await answer.text() };
}

test('the counts of the run, and what each host was asked, as of now', async () => {
  const { text } = await scrape();
  expect(text).toContain('incidence_run_info{run="1",period="",state="closed",version="');
  expect(text).toContain('incidence_packages{registry="npm",state="analysed",program="incidence"} 36');
  expect(text).toContain('incidence_packages{registry="npm",state="failed",program="incidence"} 2');
  expect(text).toContain('incidence_frame_packages{registry="rubygems",program="incidence"} 60');
  expect(text).toMatch(/incidence_undecided_tokens\{.*\} 4\n/);
  expect(text).toContain('incidence_artifacts_total{how="downloaded",program="incidence"} 3');
  expect(text).toContain(`incidence_host_requests_total{host="${new URL(host.origin).host}",program="incidence"} 1`);
  tally.downloaded = 4;
  expect((await scrape()).text).toContain('incidence_artifacts_total{how="downloaded",program="incidence"} 4');
});

test('holds no fingerprint and no name of a package', async () => {
  const { text } = await scrape();
  expect(text).not.toMatch(/[0-9a-f]{32}|npm-\d/);
});

test('only GET /metrics', async () => {
  expect((await scrape('/')).status).toBe(404);
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(404);
});

describe('refused, with what is expected', () => {
  test.each(['0.0.0.0:9464', 'example.org:9464', ':::', 'metrics', '10.0.0.1:80', 'user@127.0.0.1:80'])('%s', async (address) => {
    await expect(
      serveMetrics(address, { progress: async () => readProgress(made.database, 1, 0), hosts: () => http.hosts(), tally }),
    ).rejects.toThrow(/on loopback alone: expected a port/);
  });

  test('a port that is taken', async () => {
    const { port } = new URL(server.url);
    await expect(
      serveMetrics(port, { progress: async () => readProgress(made.database, 1, 0), hosts: () => http.hosts(), tally }),
    ).rejects.toThrow(/EADDRINUSE.*choose another port/);
  });
});

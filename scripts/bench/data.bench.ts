/**
 * How fast is a large database? `node scripts/bench/data.bench.ts [packages] [folder]`
 *
 * Lists 5.2 million packages of four registries, does 24 runs on them, the last with 100 000 packages and 200 000 findings,
 * and measures writing, statistics, the whole report and every named query. Prints a table.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../data/database.ts';
import { analysed, exampleResult, finding, openExampleRun } from '../../data/example.ts';
import { REGISTRY_IDS, VERDICTS, type RegistryId } from '../../data/model.ts';
import { openDatabase, openReadOnly } from '../../data/open.ts';
import { namedQueries } from '../../data/queries.ts';
import { runQuery } from '../../data/query.ts';
import { collectStatistics } from '../../data/statistics/collect.ts';
import { closeRun } from '../../data/store/close.ts';
import { finishFrame, readFrame, saveNamePage } from '../../data/store/frame.ts';
import { readRanks, saveRanking, saveSelection, type Selected } from '../../data/store/selection.ts';
import { claimPackages, savePackageResult } from '../../data/store/work.ts';
import { FORMATS } from '../../reports/formats/index.ts';

const PACKAGES = Number(process.argv[2] ?? 5_200_000);
const FOLDER = process.argv[3] ?? tmpdir();
/** Shares of the registries as they are today: npm holds most. */
const SHARES: Readonly<Record<RegistryId, number>> = { rubygems: 0.035, nuget: 0.125, pypi: 0.12, npm: 0.72 };
const RUNS = 24;
const PAGE = 10_000;
const RANKED = Math.min(10_000, Math.floor(PACKAGES / 100));
const FINAL = Math.min(100_000, Math.floor(PACKAGES / 20));

const folder = mkdtempSync(join(FOLDER, 'incidence-bench-'));
const path = join(folder, 'bench.db');
try {
  const database = await openDatabase(path);
  try {
    await listAll(database);
    for (let number = 2; number < RUNS; number += 1) await smallRun(database, number);
    await largeRun(database);
  } finally {
    await database.close();
  }
  await readAll();
  row('size of the file', `${(statSync(path).size / 1e6).toFixed(0)} MB`);
} finally {
  rmSync(folder, { recursive: true });
}

async function listAll(database: Database): Promise<void> {
  const run = await openExampleRun(database, { registries: REGISTRY_IDS, seed: 'run 1' });
  await timed('names listed for the first time', PACKAGES, () => listNames(database, run));
  for (const registry of REGISTRY_IDS) await finishFrame(database, run, registry, { takenAt: 1, by: 'listed' });
  await finish(database, run, 200);
  const again = await openExampleRun(database, { registries: REGISTRY_IDS, seed: 'again' });
  await timed('the same names listed again', PACKAGES, () => listNames(database, again));
}

async function listNames(database: Database, run: number): Promise<void> {
  for (const registry of REGISTRY_IDS) {
    const count = Math.floor(PACKAGES * SHARES[registry]);
    for (let at = 0; at < count; at += PAGE) {
      const names = Array.from({ length: Math.min(PAGE, count - at) }, (_, index) => nameOf(registry, at + index));
      await saveNamePage(database, run, registry, { names, cursor: String(at), dropped: {} });
    }
  }
}

/** In the order of the alphabet, as most registries list them; NuGet's catalogue lists by date, which scatters the names. */
function nameOf(registry: RegistryId, index: number): { readonly name: string; readonly key: string } {
  const prefix = registry === 'nuget' ? ((index * 2_654_435_761) % 4_294_967_296).toString(36) : String(index).padStart(8, '0');
  const name = `${prefix}-package-${index}`;
  return { name, key: name };
}

async function smallRun(database: Database, number: number): Promise<void> {
  const run = await openExampleRun(database, { registries: REGISTRY_IDS, seed: `run ${number}` });
  for (const registry of REGISTRY_IDS) await finishFrame(database, run, registry, { takenAt: 1, by: 'changed' });
  await finish(database, run, 50);
}

async function finish(database: Database, run: number, sample: number): Promise<void> {
  for (const registry of REGISTRY_IDS) {
    await select(database, run, registry, sample, 10);
    await work(database, run, registry, 0);
  }
  await closeRun(database, run, run);
}

async function largeRun(database: Database): Promise<void> {
  const run = await openExampleRun(database, { registries: REGISTRY_IDS, seed: `run ${RUNS}` });
  await timed('sizes of four frames', PACKAGES, async () => {
    for (const registry of REGISTRY_IDS) await finishFrame(database, run, registry, { takenAt: 1, by: 'changed' });
  });
  await timed('frames read for the sample', PACKAGES, async () => {
    for (const registry of REGISTRY_IDS)
      for await (const page of readFrame(database, run, registry)) if (page.length === 0) return;
  });
  const each = FINAL / REGISTRY_IDS.length;
  await timed('packages selected', FINAL, async () => {
    for (const registry of REGISTRY_IDS) await select(database, run, registry, each, RANKED);
  });
  await timed('packages claimed and stored, two findings each', FINAL, async () => {
    for (const registry of REGISTRY_IDS) await work(database, run, registry, 2);
  });
  await timed('run closed', FINAL, () => closeRun(database, run, 1_000));
}

async function select(database: Database, run: number, registry: RegistryId, sample: number, ranked: number): Promise<void> {
  const source = {
    id: 'counts',
    label: 'Counts',
    url: 'https://example.org/',
    measures: 'downloads',
    terms: 'free',
    weaknesses: 'none',
  };
  const places = Array.from({ length: ranked }, (_, index) => ({ ...nameOf(registry, index), rank: index + 1, downloads: 1 }));
  await saveRanking(database, run, registry, { source, dated: null, takenAt: 1, places });
  const ranks = await readRanks(database, run, registry);
  const selected: Selected[] = [];
  for await (const page of readFrame(database, run, registry)) {
    for (const { packageId, key } of page)
      selected.push({ packageId, rank: ranks.get(key) ?? null, probability: 0.1, selectionKey: key });
    if (selected.length >= sample) break;
  }
  await saveSelection(database, run, registry, selected.slice(0, sample), 1);
}

async function work(database: Database, run: number, registry: RegistryId, findings: number): Promise<void> {
  const claim = { holder: 'bench', now: 1, leaseMs: 1e9, limit: 50, maxAttempts: 5 };
  while (true) {
    const claimed = await claimPackages(database, run, registry, claim);
    if (claimed.length === 0) return;
    for (const { packageId, name } of claimed) {
      const verdict = VERDICTS[packageId % VERDICTS.length] ?? 'active';
      const found = Array.from({ length: findings }, (_, index) =>
        finding(index === 0 ? name : `shared ${packageId % 5000}`, { verdict }),
      );
      const result = findings === 0 ? exampleResult(registry, name, packageId) : analysed(registry, name, found);
      await savePackageResult(database, run, packageId, result, { now: 1 });
    }
  }
}

async function readAll(): Promise<void> {
  const database = await openReadOnly(path);
  try {
    await timed('statistics of the newest run, with its history', 1, () => collectStatistics(database, { policy: 'SQ34401' }));
    await timed('the whole report, statistics and every format', 1, async () => {
      const statistics = await collectStatistics(database, { policy: 'SQ34401' });
      for (const format of FORMATS) await format.render(statistics);
    });
  } finally {
    await database.close();
  }
  for (const { name, sql } of namedQueries()) await timed(`query ${name}`, 1, () => runQuery(path, sql));
  const counted = 'select registry, count(*) from packages_analyzed group by registry';
  await timed('query over every package of the newest run', 1, () => runQuery(path, counted));
  await timed('query over every finding of the newest run', 1, () =>
    runQuery(path, 'select service, count(*) from findings group by service'),
  );
}

/** Wall time, time of this process on a processor, and how many a second of either: on a busy machine only the second means something. */
async function timed(label: string, count: number, task: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  const before = process.cpuUsage();
  await task();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  const busy = (user + system) / 1000;
  const rates = count > 1 ? [perSecond(count, ms), perSecond(count, busy)] : ['', ''];
  row(label, `${ms.toFixed(0)} ms`, rates[0] ?? '', `${busy.toFixed(0)} ms CPU`, rates[1] ?? '');
}

function perSecond(count: number, ms: number): string {
  return `${Math.round((1000 * count) / ms).toLocaleString('en-US')}/s`;
}

function row(...cells: readonly string[]): void {
  const [label = '', ...rest] = cells;
  process.stdout.write(`${label.padEnd(52)}${rest.map((cell) => cell.padStart(16)).join('')}\n`);
}

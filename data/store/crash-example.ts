/** For `crash.test.ts`: a whole run of invented packages, in a process that may be killed at any moment and started again. */
import { analysed, exampleResult, finding, names, SPEC } from '../example.ts';
import { openDatabase } from '../open.ts';
import { closeRun } from './close.ts';
import { finishFrame, readFrame, registryProgress, saveNamePage, type FramePackage } from './frame.ts';
import { thisHolder } from './holder.ts';
import { openOrResumeRun, RunError } from './run.ts';
import { readRanks, saveRanking, saveSelection } from './selection.ts';
import { claimPackages, nextClaimAt, savePackageResult, type ClaimedPackage, type PackageResult } from './work.ts';

const PACKAGES = 120;
const PAGE = 30;
const RANKED = 20;

const [path = '', seed = 'seed'] = process.argv.slice(2);
process.stdout.write('begun\n');
const database = await openDatabase(path);
try {
  const holder = thisHolder();
  const spec = { ...SPEC, seed, registries: ['npm' as const] };
  const { id: run } = await openOrResumeRun(database, spec, { holder, now: Date.now(), leaseMs: 60_000 });
  await list(run);
  await rank(run);
  await select(run);
  await work(run, holder);
  await closeRun(database, run, Date.now());
  process.stdout.write('done\n');
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  process.stdout.write(`${error.reason}\n`);
} finally {
  await database.close();
}

async function list(run: number): Promise<void> {
  const { namesCursor, frame } = await registryProgress(database, run, 'npm');
  if (frame !== null) return;
  const all = names(PACKAGES);
  for (let at = Number(namesCursor ?? 0); at < PACKAGES; at += PAGE) {
    await saveNamePage(database, run, 'npm', { names: all.slice(at, at + PAGE), cursor: String(at + PAGE), dropped: { odd: 1 } });
    await breathe();
  }
  await finishFrame(database, run, 'npm', { takenAt: 1_000, by: 'listed' });
}

async function rank(run: number): Promise<void> {
  const source = {
    id: 'counts',
    label: 'Counts',
    url: 'https://example.org/',
    measures: 'downloads',
    terms: 'free',
    weaknesses: 'none',
  };
  const places = names(RANKED).map(({ name, key }, index) => ({ name, key, rank: index + 1, downloads: 1_000 - index }));
  await saveRanking(database, run, 'npm', { source, dated: null, takenAt: 1_000, places });
}

async function select(run: number): Promise<void> {
  const ranks = await readRanks(database, run, 'npm');
  const frame: FramePackage[] = [];
  for await (const page of readFrame(database, run, 'npm', 50)) frame.push(...page);
  const selected = frame.map(({ packageId, key }) => ({
    packageId,
    rank: ranks.get(key) ?? null,
    probability: 1,
    selectionKey: key,
  }));
  await saveSelection(database, run, 'npm', selected, 2_000);
}

async function work(run: number, holder: string): Promise<void> {
  while (true) {
    const claim = { holder, now: Date.now(), leaseMs: 50, limit: 3, maxAttempts: 1000 };
    const claimed = await claimPackages(database, run, 'npm', claim);
    for (const one of claimed) {
      await savePackageResult(database, run, one.packageId, resultOf(one), { now: 3_000, dropped: { odd: 1 } });
      await breathe();
    }
    if (claimed.length > 0) continue;
    if ((await nextClaimAt(database, run, 'npm')) === null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function resultOf({ name }: ClaimedPackage): PackageResult {
  const index = Number(name.replace('package-', ''));
  if (index % 7 === 0) return analysed('npm', name, [finding(`${index % 21}`), finding(name, { verdict: 'inactive' })]);
  return exampleResult('npm', name, index);
}

/** Says that it got on, and leaves a moment in which timers run and the process can be killed between two transactions. */
async function breathe(): Promise<void> {
  process.stdout.write('.');
  await new Promise((resolve) => setImmediate(resolve));
}

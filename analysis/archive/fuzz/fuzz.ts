/**
 * Holds every reader against its reference on spoiled archives, for so many seconds each:
 * `node analysis/archive/fuzz/fuzz.ts [seconds] [seed] [how the target's name begins]`. The same seed spoils in the same way; a
 * difference prints the number of its round, with which it can be had again.
 */
import { mutated, dice } from './mutate.ts';
import { closePython } from './reference.ts';
import { TARGETS, type Target } from './targets.ts';

export interface Difference {
  readonly target: string;
  readonly seed: number;
  readonly round: number;
  readonly words: string;
  /** Base64 of the archive. */
  readonly archive: string;
}

export interface FuzzResult {
  readonly seconds: number;
  readonly rounds: number;
  readonly differences: readonly Difference[];
}

/** So many archives are looked at, however slow the machine is. */
export const LEAST_ROUNDS = 20;
const MOST_MILLISECONDS = 30_000;

/** Runs one target for some seconds, and stops at the tenth difference. */
export async function fuzz(target: Target, seed: number, seconds: number, now: () => number): Promise<FuzzResult> {
  const began = now();
  const until = began + seconds * 1000;
  const differences: Difference[] = [];
  let round = 0;
  do {
    const archive = archiveOf(target, seed, round);
    const words = await ending(target.check(archive)).catch((error: unknown) => `threw ${String(error)}`);
    if (words !== null)
      differences.push({ target: target.name, seed, round, words, archive: Buffer.from(archive).toString('base64') });
    round += 1;
  } while ((now() < until || round < LEAST_ROUNDS) && differences.length < 10);
  return { rounds: round, seconds: Math.round((now() - began) / 1000), differences };
}

/** What comes of a check, which must come to an end. */
async function ending(check: Promise<string | null>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`does not end within ${MOST_MILLISECONDS} ms`), MOST_MILLISECONDS);
  });
  try {
    return await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The archive of a round, which depends on nothing but its number and the seed. */
export function archiveOf(target: Target, seed: number, round: number): Uint8Array {
  return mutated(target.corpus, dice(seed * 1_000_003 + round));
}

async function main(seconds: number, seed: number, name: string): Promise<void> {
  let failed = false;
  for (const target of TARGETS.filter((one) => one.name.startsWith(name))) {
    const { rounds, differences, ...took } = await fuzz(target, seed, seconds, () => performance.now());
    process.stdout.write(`${target.name}: ${rounds} archives in ${took.seconds} s, ${differences.length} differences\n`);
    for (const difference of differences) process.stdout.write(`  ${JSON.stringify(difference)}\n`);
    failed ||= differences.length > 0;
  }
  closePython();
  if (failed) process.exitCode = 1;
}

if (import.meta.main) await main(Number(process.argv[2] ?? 60), Number(process.argv[3] ?? 1), process.argv[4] ?? '');

/**
 * How fast files are scanned that are made to be slow: `npm run bench:adversarial -- [megabytes]`. Each one's rate is set
 * against that of ordinary text in the same round: the floor is a fifth.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tar } from '../archive/build.ts';
import { bytesSource } from '../archive/source.ts';
import { createDetector } from '../detect/detector.ts';
import { scanArtifact } from '../scan.ts';
import { Fingerprinter } from '../secret.ts';
import { SERVICES } from '../services/index.ts';
import { ADVERSARIAL } from './bench/adversarial.ts';
import { median } from './bench/median.ts';

const ROUNDS = 3;
const bytes = Number(process.argv[2] ?? '100') * 1e6;
const detector = createDetector(SERVICES, { fingerprinter: new Fingerprinter(Buffer.alloc(32, 1)) });
const ordinary = sourceTexts(join(import.meta.dirname, '../../node_modules'), bytes);

/** So many bytes of the JavaScript and TypeScript that is installed here, each file once as long as there are others. */
function sourceTexts(root: string, size: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[cm]?[jt]s$/.test(name));
  for (const name of names.toSorted()) {
    const path = join(root, name);
    if (length >= size) break;
    if (!statSync(path).isFile()) continue;
    const text = readFileSync(path);
    parts.push(text);
    length += text.length;
  }
  if (length < size / 10) throw new Error(`of ordinary text ${length} bytes are installed, and at least ${size / 10} are needed`);
  return Buffer.alloc(size, Buffer.concat(parts));
}

/** Uncompressed bytes per millisecond of the processor, and what was given up. */
async function scanned(tarball: Buffer): Promise<{ readonly rate: number; readonly rows: readonly string[] }> {
  const used = process.cpuUsage();
  // What repeats itself without end would be taken for a bomb, and not be read to its end.
  const limits = { ratio: 2000, artifactRatio: 2000 };
  const { stats, skipped } = await scanArtifact(bytesSource('artifact.tgz', tarball), detector, { limits });
  const { user, system } = process.cpuUsage(used);
  return { rate: (stats.bytes * 1000) / (user + system), rows: skipped.map(({ reason }) => reason) };
}

function packed(content: Buffer): Buffer {
  return gzipSync(tar({ name: 'package/entry.txt', body: content }), { level: 6 });
}

const normal = packed(ordinary);
await scanned(normal);
let worst = Number.POSITIVE_INFINITY;
for (const { name, content } of ADVERSARIAL) {
  const tarball = packed(content(bytes));
  const rounds: { readonly normal: number; readonly made: Awaited<ReturnType<typeof scanned>> }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ normal: (await scanned(normal)).rate, made: await scanned(tarball) });
  const share = median(rounds.map((round) => round.made.rate / round.normal));
  worst = Math.min(worst, share);
  const rows = [...new Set(rounds.flatMap((round) => round.made.rows))].join(', ');
  process.stdout.write(`${name.padEnd(44)} ${share.toFixed(2)} of the normal rate${rows === '' ? '' : `  (${rows})`}\n`);
}
process.stdout.write(`the slowest: ${worst.toFixed(2)}; at least 0.20: ${worst >= 0.2 ? 'met' : 'not met'}\n`);

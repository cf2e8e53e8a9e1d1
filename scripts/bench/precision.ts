/** Precision on real content: scans all packages below node_modules and fails for a finding that `analysis/precision.md` does not explain. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../data/model.ts';
import { scanAsGate } from '../scan-gate.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** As the JSON of `scan` has it. */
interface Report {
  readonly artifact: { readonly name: string };
  readonly findings: readonly Finding[];
}

/** Rows of the note: package, file, format. */
function explained(): ReadonlySet<string> {
  const note = readFileSync(join(ROOT, 'analysis', 'precision.md'), 'utf8');
  return new Set(
    [...note.matchAll(/^\| `(.+?)` \| `(.+?)` \| `(.+?)` \|/gm)].map(([, name, file, format]) => `${name}/${file} ${format}`),
  );
}

const known = explained();
const seen: string[] = [];
const reports = (lines: string): void => {
  for (const line of lines.trim().split('\n')) {
    const { artifact, findings } = JSON.parse(line) as Report;
    // What tools keep there is no package: Node's cache holds our own samples, compiled.
    if (artifact.name.startsWith('.cache/')) continue;
    for (const { format } of findings) seen.push(`${artifact.name} ${format}`);
  }
};
const what = join(ROOT, 'node_modules');
const io = { env: {}, stdout: { write: reports }, stderr: process.stderr, signal: new AbortController().signal };
await scanAsGate({ what, format: 'json', validate: 'off' }, io);
const strange = seen.filter((one) => !known.has(one));
const gone = [...known].filter((one) => !seen.includes(one));
const lines = [
  ...strange.map((one) => `not explained: ${one}`),
  ...gone.map((one) => `explained, and found no more: ${one}`),
  `${seen.length} findings, ${strange.length} of them not explained`,
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = strange.length + gone.length === 0 ? 0 : 1;

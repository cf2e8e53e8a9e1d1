/** What a walk tells, kept for tests. */
import type { Skipped } from '../../data/model.ts';
import { DEFAULT_LIMITS, type WalkLimits } from './limits.ts';
import { bytesSource, type ByteSource } from './source.ts';
import { walk, type WalkOptions, type WalkStats } from './walk.ts';

export interface Look {
  /** Content by path, its elements joined by ` > ` and without the artifact's own name; for a name that comes twice, one behind the other. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly skipped: readonly Skipped[];
  readonly noted: readonly Skipped[];
  readonly incomplete: readonly string[];
  readonly stats: WalkStats;
  /** Of the processor, whatever else the machine did at the time. */
  readonly milliseconds: number;
}

/** Content beyond this is counted and not kept. */
const KEPT_BYTES = 4 * 1024 * 1024;

export async function look(
  artifact: Uint8Array | ByteSource,
  limits: Partial<WalkLimits> = {},
  options: WalkOptions = {},
): Promise<Look> {
  const source = artifact instanceof Uint8Array ? bytesSource('artifact', artifact) : artifact;
  const parts = new Map<string, Buffer[]>();
  let chunks: Buffer[] = [];
  const skipped: Skipped[] = [];
  const noted: Skipped[] = [];
  const incomplete: string[] = [];
  let current = '';
  let kept = 0;
  const began = process.cpuUsage();
  const stats = await walk(
    source,
    { ...DEFAULT_LIMITS, ...limits },
    {
      open(path) {
        current = path.slice(1).join(' > ');
        chunks = parts.get(current) ?? [];
        parts.set(current, chunks);
        kept = 0;
      },
      data(chunk) {
        kept += chunk.length;
        if (kept <= KEPT_BYTES) chunks.push(Buffer.from(chunk));
      },
      close({ complete }) {
        if (!complete) incomplete.push(current);
      },
      skipped: (row) => void skipped.push(row),
      noted: (row) => void noted.push(row),
    },
    options,
  );
  const { user, system } = process.cpuUsage(began);
  const milliseconds = (user + system) / 1000;
  const files = new Map([...parts].map(([path, chunks]) => [path, Buffer.concat(chunks)]));
  return { files, skipped, noted, incomplete, stats, milliseconds };
}

/** The files as texts. */
export function texts(seen: Look): Record<string, string> {
  return Object.fromEntries(textList(seen));
}

/** The files as texts, in the order in which they came. */
export function textList({ files }: Look): [path: string, text: string][] {
  return [...files].map(([path, bytes]) => [path, bytes.toString('latin1')]);
}

/** The reasons of rows, each once, in order. */
export function reasons(rows: readonly Skipped[]): string[] {
  return [...new Set(rows.map(({ reason }) => reason))].sort();
}

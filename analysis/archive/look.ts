/** What a walk tells, kept for tests. */
import type { Skipped } from '../../data/model.ts';
import { DEFAULT_LIMITS, type WalkLimits } from './limits.ts';
import { bytesSource, type ByteSource } from './source.ts';
import { walk, type WalkOptions, type WalkStats } from './walk.ts';

export interface Look {
  /** Content by path, its elements joined by ` > ` and without the artifact's own name; for a name that comes twice, one behind the other. */
  readonly files: Readonly<Record<string, Buffer>>;
  readonly skipped: readonly Skipped[];
  readonly noted: readonly Skipped[];
  readonly incomplete: readonly string[];
  readonly stats: WalkStats;
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
  const began = performance.now();
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
  const milliseconds = performance.now() - began;
  const files = Object.fromEntries([...parts].map(([path, chunks]) => [path, Buffer.concat(chunks)]));
  return { files, skipped, noted, incomplete, stats, milliseconds };
}

/** The files as texts. */
export function texts({ files }: Look): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, bytes.toString('latin1')]));
}

/** The reasons of rows, each once, in order. */
export function reasons(rows: readonly Skipped[]): string[] {
  return [...new Set(rows.map(({ reason }) => reason))].sort();
}

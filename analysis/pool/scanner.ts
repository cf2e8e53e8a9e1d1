/** Who scans artifacts: this thread, or threads of their own (`scan-pool.ts`). */
import { bytesSource, fileSource } from '../archive/source.ts';
import type { WalkLimits } from '../archive/limits.ts';
import type { Detector } from '../detect/detector.ts';
import { scanArtifact, type ArtifactScan } from '../scan.ts';

/**
 * An artifact in memory with its SHA-256 in hex, or in a file. `bytes` belong to the scanner from then on: the caller must
 * not read them again.
 */
export type ScanJob =
  | { readonly name: string; readonly bytes: Uint8Array; readonly sha256: string }
  | { readonly name: string; readonly path: string };

export interface Scanner extends AsyncDisposable {
  /** So many artifacts are scanned at one time; to give it twice as many keeps it busy. */
  readonly width: number;
  /**
   * What stands in the artifact. Whatever its content does to the scanner, the answer is a scan: what could not be read is
   * in `skipped`.
   *
   * @throws {UnreadableSource} where a file cannot be opened
   * @throws the signal's reason when it is aborted
   */
  scan(job: ScanJob, signal?: AbortSignal): Promise<ArtifactScan>;
}

/** Scans in this thread, one artifact in the pauses of another. Nothing stops an artifact that never gives a turn. */
export function inThisThread(detector: Detector, limits: Partial<WalkLimits>): Scanner {
  return {
    width: 1,
    async scan(job, signal) {
      const options = signal === undefined ? { limits } : { limits, signal };
      if ('bytes' in job) {
        const { name, bytes, sha256 } = job;
        return scanArtifact(bytesSource(name, bytes), detector, { ...options, sha256 });
      }
      using source = fileSource(job.path, job.name);
      // Awaited here: the file is closed when this returns.
      return await scanArtifact(source, detector, options);
    },
    async [Symbol.asyncDispose]() {},
  };
}

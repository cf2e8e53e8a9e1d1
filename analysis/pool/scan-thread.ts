/** A thread of the pool: one detector of its own, one artifact at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { bytesSource, fileSource, UnreadableSource } from '../archive/source.ts';
import { createDetector, type Detector } from '../detect/detector.ts';
import { scanArtifact } from '../scan.ts';
import { Fingerprinter } from '../secret.ts';
import type { Service } from '../service.ts';
import { sealed, type Reply, type ThreadData } from './messages.ts';
import type { ScanJob } from './scanner.ts';

const { key, limits, services } = workerData as ThreadData;
const { SERVICES } = (await import(services)) as { readonly SERVICES: readonly Service[] };
const detector: Detector = createDetector(SERVICES, { fingerprinter: new Fingerprinter(key) });

function say(reply: Reply): void {
  parentPort?.postMessage(reply, []);
}

async function answer(job: ScanJob): Promise<Reply> {
  try {
    if ('bytes' in job) {
      const { name, bytes, sha256 } = job;
      return { kind: 'done', scan: sealed(await scanArtifact(bytesSource(name, bytes), detector, { limits, sha256 })) };
    }
    using source = fileSource(job.path, job.name);
    return { kind: 'done', scan: sealed(await scanArtifact(source, detector, { limits })) };
  } catch (error) {
    // Anything else ends the thread, which the pool records: its message may hold content and is told to nobody.
    if (!(error instanceof UnreadableSource)) throw error;
    return { kind: 'unreadable', reason: error.reason, detail: error.message };
  }
}

parentPort?.on('message', (job: ScanJob) => {
  // A rejection ends the thread.
  void answer(job).then(say);
});
say({ kind: 'ready' });

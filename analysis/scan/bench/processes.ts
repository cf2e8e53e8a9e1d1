/** What the machine itself makes of a second core: the same scan by two processes that have nothing in common. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileSource } from '../../archive/source.ts';
import { createDetector } from '../../detect/detector.ts';
import { scanArtifact } from '../../scan.ts';
import { Fingerprinter } from '../../secret.ts';
import { SERVICES } from '../../services/index.ts';

export interface Processes extends Disposable {
  /** So many of them each scan all files, at the same time. */
  scan(count: 1 | 2): Promise<void>;
}

/** @param paths files that each of two processes scans */
export async function scanningProcesses(paths: readonly string[]): Promise<Processes> {
  const children = [0, 1].map(() => fork(import.meta.filename, paths));
  await Promise.all(children.map((child) => once(child, 'message')));
  return {
    async scan(count) {
      await Promise.all(children.slice(0, count).map(scanAll));
    },
    [Symbol.dispose]() {
      for (const child of children) child.kill();
    },
  };
}

async function scanAll(child: ChildProcess): Promise<void> {
  child.send('scan');
  await once(child, 'message');
}

/** The process itself: scans all of its files at every message, and says when it has. */
async function serve(paths: readonly string[]): Promise<void> {
  const detector = createDetector(SERVICES, { fingerprinter: new Fingerprinter(Buffer.alloc(32, 1)) });
  process.on('message', () => {
    void (async () => {
      for (const path of paths) {
        using source = fileSource(path, basename(path));
        await scanArtifact(source, detector);
      }
      process.send?.('done');
    })();
  });
  process.send?.('ready');
}

if (import.meta.main) await serve(process.argv.slice(2));

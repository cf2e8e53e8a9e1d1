/**
 * Scans artifacts in threads, so that every core has work and no artifact can hold up the program.
 *
 * A thread has one artifact at a time. One that does not come to an end within its time is terminated, and one that breaks
 * is gone: both are a row about that artifact, and the next one gets a new thread. Threads are started when there is work
 * for them: the first with the first artifact, the others when it is busy and has shown that there is much to do.
 */
import { Worker } from 'node:worker_threads';
import { DEFAULT_LIMITS, type WalkLimits } from '../archive/limits.ts';
import { UnreadableSource } from '../archive/source.ts';
import type { ArtifactScan } from '../scan.ts';
import { opened, type Reply, type ThreadData } from './messages.ts';
import type { ScanJob, Scanner } from './scanner.ts';

export interface ScanPoolOptions {
  /** The key of the fingerprints, at least 32 bytes. */
  readonly key: Uint8Array;
  /** Threads at most. */
  readonly threads: number;
  readonly limits?: Partial<WalkLimits>;
  /** Milliseconds of scanning after which more threads than one are worth their start. */
  readonly enoughMs?: number;
  /** Milliseconds beyond the time limit of an artifact after which its thread is terminated. */
  readonly graceMs?: number;
  /** Megabytes that a thread may hold in JavaScript objects; bytes of artifacts are outside, held by the walk's own limits. */
  readonly heapMegabytes?: number;
  /** Address of a module that exports SERVICES, in place of the program's own. */
  readonly services?: string;
}

const ENOUGH_MS = 5000;
/** A walk notices its own limit within a chunk, and then settles what it has found. */
const GRACE_MS = 10_000;
const HEAP_MEGABYTES = 512;

export function createScanPool(options: ScanPoolOptions): Scanner {
  return new ScanPool(options);
}

interface Waiting {
  readonly job: ScanJob;
  /** Of the job, which has none once they were handed over. */
  readonly bytes: number;
  readonly resolve: (scan: ArtifactScan) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  inHand: Waiting | null;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
}

class ScanPool implements Scanner {
  readonly width: number;
  readonly #options: ScanPoolOptions;
  readonly #data: ThreadData;
  readonly #milliseconds: number;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Waiting[] = [];
  #worked = 0;
  #isClosed = false;

  constructor(options: ScanPoolOptions) {
    const { key, threads, limits = {}, services, graceMs = GRACE_MS } = options;
    this.width = Math.max(1, threads);
    this.#options = options;
    this.#data = { key, limits, services: services ?? new URL('../services/index.ts', import.meta.url).href };
    this.#milliseconds = (limits.milliseconds ?? DEFAULT_LIMITS.milliseconds) + graceMs;
  }

  async scan(job: ScanJob, signal?: AbortSignal): Promise<ArtifactScan> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new Error('the scan pool is closed');
    const { promise, resolve, reject } = Promise.withResolvers<ArtifactScan>();
    const waiting: Waiting = { job, bytes: 'bytes' in job ? job.bytes.length : 0, resolve, reject };
    const onAbort = (): void => this.#abort(waiting, signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(waiting);
    this.#next();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const error = new Error('the scan pool was closed');
    for (const one of this.#waiting.splice(0)) one.reject(error);
    for (const thread of this.#threads) thread.inHand?.reject(error);
    await Promise.all([...this.#threads].map(async (thread) => this.#terminate(thread)));
  }

  #next(): void {
    for (const thread of this.#threads) {
      if (!thread.isReady || thread.inHand !== null) continue;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      this.#give(thread, waiting);
    }
    if (this.#waiting.length === 0 || this.#threads.size >= this.width) return;
    if ([...this.#threads].some(({ isReady }) => !isReady)) return;
    if (this.#threads.size === 0 || this.#worked >= (this.#options.enoughMs ?? ENOUGH_MS)) this.#start();
  }

  #give(thread: Thread, waiting: Waiting): void {
    thread.inHand = waiting;
    thread.startedAt = performance.now();
    thread.timer = setTimeout(() => {
      this.#fail(thread, {
        reason: 'limit-time',
        detail: `the artifact was not read within ${Math.round(this.#milliseconds / 1000)} s, and what was reading it had to be stopped`,
      });
    }, this.#milliseconds);
    const { job } = waiting;
    if (!('bytes' in job)) return thread.worker.postMessage(job, []);
    const { buffer, byteLength } = job.bytes;
    // What shares its memory with something else cannot be handed over, and is copied.
    const bytes = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? job.bytes : new Uint8Array(job.bytes);
    thread.worker.postMessage({ ...job, bytes }, [bytes.buffer as ArrayBuffer]);
  }

  #start(): void {
    const worker = new Worker(new URL('scan-thread.ts', import.meta.url), {
      workerData: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMegabytes ?? HEAP_MEGABYTES },
    });
    const thread: Thread = { worker, isReady: false, inHand: null, startedAt: 0, timer: undefined };
    this.#threads.add(thread);
    worker.on('message', (reply: Reply) => this.#heard(thread, reply));
    worker.on('error', (error: unknown) => this.#broke(thread, error));
    worker.on('exit', () => this.#broke(thread, new Error('a scanning thread ended')));
  }

  #heard(thread: Thread, reply: Reply): void {
    if (reply.kind === 'ready') {
      thread.isReady = true;
    } else {
      const waiting = this.#released(thread);
      if (reply.kind === 'done') waiting?.resolve(opened(reply.scan));
      else waiting?.reject(new UnreadableSource(reply.reason, reply.detail));
    }
    this.#next();
  }

  #released(thread: Thread): Waiting | null {
    const { inHand } = thread;
    clearTimeout(thread.timer);
    thread.inHand = null;
    if (inHand !== null) this.#worked += performance.now() - thread.startedAt;
    return inHand;
  }

  #broke(thread: Thread, error: unknown): void {
    if (!this.#threads.has(thread)) return;
    if (thread.isReady) {
      const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#fail(
        thread,
        isMemory
          ? { reason: 'limit-memory', detail: 'the artifact needs more memory to be read than there is for one' }
          : { reason: 'scan-fault', detail: 'the scanner failed on this artifact, which is a fault of the program' },
      );
      return;
    }
    // It never came so far as to scan: no other one would.
    this.#threads.delete(thread);
    for (const one of this.#waiting.splice(0)) one.reject(new Error('no thread can be started to scan', { cause: error }));
  }

  /** The artifact in hand was not read, for a reason that becomes its row, and its thread is given up. */
  #fail(thread: Thread, problem: { readonly reason: string; readonly detail: string }): void {
    const milliseconds = performance.now() - thread.startedAt;
    const waiting = this.#released(thread);
    void this.#terminate(thread);
    if (waiting !== null) {
      const { job, bytes } = waiting;
      waiting.resolve({
        artifact: { name: job.name, bytes, sha256: 'sha256' in job ? job.sha256 : '' },
        candidates: [],
        skipped: [{ path: [job.name], ...problem }],
        stats: { entries: 0, bytes: 0, ms: Math.round(milliseconds) },
      });
    }
    this.#next();
  }

  #abort(waiting: Waiting, reason: unknown): void {
    waiting.reject(reason);
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
    for (const thread of this.#threads) {
      if (thread.inHand !== waiting) continue;
      this.#released(thread);
      void this.#terminate(thread);
    }
    if (!this.#isClosed) this.#next();
  }

  async #terminate(thread: Thread): Promise<void> {
    this.#threads.delete(thread);
    clearTimeout(thread.timer);
    await thread.worker.terminate();
  }
}

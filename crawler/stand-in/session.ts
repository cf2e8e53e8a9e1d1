/**
 * One adapter, one stand-in and the real door between them, for tests: real sockets, the gate with short waits. At its end a
 * session fails if the stand-in met a request that its registry does not know.
 */
import { createHttp, type RegistryAccess } from '../http.ts';
import type { GateTuning } from '../gate.ts';
import { memoryLedger } from '../memory-ledger.ts';
import type { Registry } from '../registry.ts';
import { startServer, type Handler, type StandInServer } from './server.ts';

export interface SessionOptions {
  readonly tuning?: Partial<GateTuning>;
  /** Longest wait for the next piece of a body. */
  readonly idleMs?: number;
}

export interface Visit extends Disposable {
  readonly io: RegistryAccess;
  /** Reasons of items dropped through `io.drop`, in order. */
  readonly drops: readonly string[];
  stop(reason: Error): void;
}

export interface Session extends Omit<Visit, typeof Symbol.dispose>, AsyncDisposable {
  readonly server: StandInServer;
}

const QUICK: Partial<GateTuning> = {
  floorMs: 20,
  capMs: 100,
  patienceMs: 10_000,
  recovery: 1,
  breakerThreshold: 8,
  breakerMs: 20,
  retryMs: 5,
  refusals: 20,
};

export async function openSession(
  registry: Registry,
  standIn: (origin: string) => Handler,
  originsOf: (origin: string) => Readonly<Record<string, string>>,
  options: SessionOptions = {},
): Promise<Session> {
  const server = await startServer(standIn);
  const visit = openVisit(registry, originsOf(server.origin), options);
  return {
    ...visit,
    server,
    async [Symbol.asyncDispose]() {
      visit[Symbol.dispose]();
      await server.close();
      if (server.unknown.length > 0) throw new Error(`the stand-in does not know:\n${server.unknown.join('\n')}`);
    },
  };
}

/** The same adapter and door before a server that somebody else made. */
export function openVisit(
  registry: Registry,
  origins: Readonly<Record<string, string>>,
  { tuning = {}, idleMs = 5000 }: SessionOptions = {},
): Visit {
  const controller = new AbortController();
  const drops: string[] = [];
  const http = createHttp({
    version: '0.0.0',
    contact: undefined,
    now: Date.now,
    random: () => 0.5,
    ledger: memoryLedger(),
    tuning: { ...QUICK, ...tuning },
    body: { idleMs },
  });
  const io = http.io(registry, {
    origins,
    rates: Object.fromEntries(Object.keys(registry.origins).map((role) => [role, 2000])),
    signal: controller.signal,
    onDrop: (reason) => drops.push(reason),
  });
  return { io, drops, stop: (reason) => controller.abort(reason), [Symbol.dispose]: () => http.close() };
}

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

export interface Session extends AsyncDisposable {
  readonly io: RegistryAccess;
  readonly server: StandInServer;
  /** Reasons of items dropped through `io.drop`, in order. */
  readonly drops: readonly string[];
  stop(reason: Error): void;
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
  { tuning = {}, idleMs = 5000 }: SessionOptions = {},
): Promise<Session> {
  const server = await startServer(standIn);
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
    origins: originsOf(server.origin),
    rates: Object.fromEntries(Object.keys(registry.origins).map((role) => [role, 2000])),
    signal: controller.signal,
    onDrop: (reason) => drops.push(reason),
  });
  return {
    io,
    server,
    drops,
    stop: (reason) => controller.abort(reason),
    async [Symbol.asyncDispose]() {
      http.close();
      await server.close();
      if (server.unknown.length > 0) throw new Error(`the stand-in does not know:\n${server.unknown.join('\n')}`);
    },
  };
}

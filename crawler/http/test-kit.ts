/** What the tests of the door share: a registry of one origin, a real server on loopback, and waiting times made short. */
import { onTestFinished } from 'vitest';
import type { RegistryId } from '../../data/model.ts';
import type { GateTuning } from '../gate.ts';
import { createHttp, type Http, type HttpOptions, type IoOptions, type RegistryAccess } from '../http.ts';
import { memoryLedger } from '../memory-ledger.ts';
import type { Registry } from '../registry.ts';
import { startServer, type Answer, type FaultPlan, type Handler, type StandInServer } from '../stand-in/server.ts';

export const QUICK: Partial<GateTuning> = { floorMs: 40, retryMs: 2, breakerThreshold: 1000, breakerMs: 20 };

/** A registry with the given origins; only what the door looks at is real. */
export function registryAt(id: RegistryId, origins: Readonly<Record<string, string>>, perSecond = 1000): Registry {
  return {
    id,
    origins,
    budgets: Object.keys(origins).map((origin) => ({ origin, perSecond, concurrency: 8, per30Days: null, source: 'a test' })),
    rankings: [],
    key: (name) => name,
    names: () => never(),
    changes: () => never(),
    latest: (name) => Promise.resolve({ registry: id, name, reason: 'not-found', detail: 'a test' }),
  };
}

// oxlint-disable-next-line require-yield
async function* never(): AsyncGenerator<never> {
  throw new Error('this registry has no lists');
}

/** Registers what is done when the test ends; tests that run side by side have one each, in their context. */
type AtEnd = (end: () => void | Promise<void>) => void;

/** A server that lives as long as the test. */
export async function serve(
  handler: Handler | Answer,
  plan: FaultPlan | null = null,
  atEnd: AtEnd = onTestFinished,
): Promise<StandInServer> {
  const server = await startServer(() => (typeof handler === 'function' ? handler : () => handler), plan);
  atEnd(() => server.close());
  return server;
}

/** A door that lives as long as the test. */
export function door(options: Partial<HttpOptions> = {}, atEnd: AtEnd = onTestFinished): Http {
  const http = createHttp({
    version: '1.2.3',
    contact: undefined,
    now: Date.now,
    random: Math.random,
    ledger: memoryLedger(),
    ...options,
    tuning: { ...QUICK, ...options.tuning },
  });
  atEnd(() => http.close());
  return http;
}

/** An adapter's io whose only origin is the server. npm's role `registry` goes through npm's own client. */
export function ioTo(
  server: Pick<StandInServer, 'origin'>,
  { id = 'pypi', http = door(), ...options }: { readonly id?: RegistryId; readonly http?: Http } & Partial<IoOptions> = {},
): RegistryAccess {
  const registry = registryAt(id, { registry: 'https://registry.example' });
  return http.io(registry, {
    origins: { registry: server.origin },
    rates: { registry: 1000 },
    signal: new AbortController().signal,
    ...options,
  });
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** The first `times` requests meet the fault. */
export function first(times: number, fault: NonNullable<ReturnType<FaultPlan>>): FaultPlan {
  return (_, index) => (index < times ? fault : null);
}

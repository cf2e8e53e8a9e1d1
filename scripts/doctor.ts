/**
 * What a run needs, looked at before it begins. Each check is one function with one sentence as its result; nothing is changed,
 * and only `reachability` sends anything: one HEAD to each origin, through the polite door.
 */
import { createHttp, type Http } from '../crawler/http.ts';
import { isLoopback } from '../crawler/http/addresses.ts';
import { CrawlError, NotAllowed } from '../crawler/errors.ts';
import { memoryLedger } from '../crawler/memory-ledger.ts';
import { readNpmConfig } from '../crawler/npm-config.ts';
import { overCeiling } from '../crawler/plan.ts';
import { REGISTRIES } from '../crawler/registries/index.ts';
import type { Registry } from '../crawler/registry.ts';
import type { Database } from '../data/database.ts';
import { REGISTRY_LABELS } from '../data/model.ts';
import type { Config } from './config.ts';
import { checkDatabase, checkDisk, checkKey, checkMemory, latestMoment } from './doctor/machine.ts';
import { UsageError } from './errors.ts';
import { planFor } from './planning.ts';
import { duration } from './progress.ts';
import { VERSION } from './setup.ts';

/** `ok`, or `warning`: a run works, but not as well as it could; or `problem`: it would not work. */
export type Health = 'ok' | 'warning' | 'problem';

export interface Finding {
  readonly check: string;
  readonly health: Health;
  /** What is so and, where it is not well, what to do. */
  readonly words: string;
}

export interface DoctorOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Asks nobody. */
  readonly offline: boolean;
}

/** A difference that leaves certificates valid and moves no request into another hour of the ledger. */
const CLOCK_MS = 60_000;
const DAY_SECONDS = 86_400;

/** All checks in order; a run can begin where none is a problem. */
export async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const { config } = options;
  const { finding, database } = await checkDatabase(config.db);
  try {
    return [
      { check: 'program', health: 'ok', words: `Incidence ${VERSION} on Node ${process.versions.node}` },
      checkContact(config),
      finding,
      await checkKey(config, database),
      await checkDisk(config.db),
      checkMemory(),
      await checkPast(database, options.now()),
      ...(await checkBudgets(options, database)),
      ...(options.offline ? [] : await checkReachability(options)),
    ];
  } finally {
    await database?.close();
  }
}

function checkContact({ contact, registries, validation }: Config): Finding {
  const check = 'contact';
  if (contact === undefined) {
    const ownOnly = enabledRegistries(registries).every((registry) =>
      Object.entries(registry.origins).every(([role, origin]) =>
        isLoopback(new URL(registries[registry.id]?.origins[role] ?? origin)),
      ),
    );
    if (ownOnly && validation.mode !== 'live') return { check, health: 'ok', words: 'none, and none is needed on loopback' };
    return {
      check,
      health: 'problem',
      words: 'none: nothing would leave this machine. Set `contact` to a mail address or URL at which you can be reached',
    };
  }
  if (/[@./]example\.(?:com|net|org)\b|\.example$/i.test(contact))
    return { check, health: 'warning', words: `${contact} reaches nobody: put your own in before you ask a real registry` };
  return { check, health: 'ok', words: `${contact}, sent with every request` };
}

/** The clock cannot be before what the database remembers. */
async function checkPast(database: Database | null, now: number): Promise<Finding> {
  const check = 'clock';
  const latest = database === null ? null : await latestMoment(database);
  if (latest !== null && latest > now + CLOCK_MS)
    return {
      check,
      health: 'problem',
      words: `it says ${iso(now)}, but the database has something of ${iso(latest)}: set the clock, or ceilings and periods go wrong`,
    };
  return { check, health: 'ok', words: `${iso(now)}${latest === null ? '' : ', not before anything in the database'}` };
}

/** What the run would ask of hosts with a ceiling, and what is left there. */
async function checkBudgets({ config, env, now }: DoctorOptions, database: Database | null): Promise<readonly Finding[]> {
  const { registry: npmRegistry } = await readNpmConfig({ env, cwd: process.cwd(), execPath: process.execPath });
  const findings: Finding[] = [];
  for (const registry of enabledRegistries(config.registries)) {
    const check = `budget of ${REGISTRY_LABELS[registry.id]}`;
    try {
      const plan = await planFor({ config, registry, database, now: now(), npmRegistry });
      const over = overCeiling(plan);
      const days = `${duration(plan.days * DAY_SECONDS)} at the allowed rates`;
      const [first] = over;
      if (first === undefined) findings.push({ check, health: 'ok', words: `${days}; no ceiling in the way` });
      else
        findings.push({
          check,
          health: config.allowMultiplePeriods ? 'warning' : 'problem',
          words:
            `${first.role} would be asked ${Math.round(first.requests).toLocaleString('en')} times and has ` +
            `${(first.left ?? 0).toLocaleString('en')} left of 30 days; ` +
            (config.allowMultiplePeriods
              ? `the run stops at the ceiling and goes on when run again, ${Math.ceil(first.days)} days in all`
              : 'draw a smaller sample, or set allowMultiplePeriods'),
        });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      findings.push({ check, health: 'problem', words: error.message });
    }
  }
  return findings;
}

/** Whether every origin answers, and whether their clocks agree with ours. */
async function checkReachability(options: DoctorOptions): Promise<readonly Finding[]> {
  const { config, env, now } = options;
  const http = createHttp({
    version: VERSION,
    contact: config.contact,
    now,
    random: Math.random,
    // The database is open for reading alone; a few HEADs are within the tenth that ceilings keep below the terms.
    ledger: memoryLedger(),
    npmOptions: await readNpmConfig({ env, cwd: process.cwd(), execPath: process.execPath }),
    proxyEnv: env,
    // One look, not a siege: what does not answer now is told, not waited for.
    timeouts: { connectMs: 5000, responseMs: 10_000 },
    tuning: { retryMs: 200, patienceMs: 1000 },
  });
  try {
    const asked = enabledRegistries(config.registries).flatMap((registry) =>
      registry.budgets.map(async ({ origin }) => reach(http, registry, origin, options)),
    );
    return await Promise.all(asked);
  } finally {
    http.close();
  }
}

async function reach(http: Http, registry: Registry, role: string, { config, now }: DoctorOptions): Promise<Finding> {
  const check = `${REGISTRY_LABELS[registry.id]} ${role}`;
  const settings = config.registries[registry.id];
  const io = http.io(registry, {
    origins: settings?.origins,
    rates: settings?.rates,
    signal: AbortSignal.timeout(20_000),
  });
  const { host } = new URL(io.origin(role));
  try {
    const { headers } = await io.text(`${io.origin(role)}/`, { method: 'HEAD' });
    const off = headers['date'] === undefined ? 0 : now() - Date.parse(headers['date']);
    if (Math.abs(off) > CLOCK_MS)
      return {
        check,
        health: 'problem',
        words: `${host} answers, but its clock and ours are ${Math.round(Math.abs(off) / 1000)} s apart: set this machine's`,
      };
    return { check, health: 'ok', words: `${host} answers` };
  } catch (error) {
    if (error instanceof NotAllowed) return { check, health: 'problem', words: error.message };
    // Most APIs have nothing at their root: a word of any kind is an answer.
    if (error instanceof CrawlError && error.status !== null)
      return { check, health: 'ok', words: `${host} answers (${error.status})` };
    const words = error instanceof Error ? error.message : String(error);
    return { check, health: 'problem', words: `${host} cannot be reached: ${words}; check network, proxy and certificates` };
  }
}

function enabledRegistries(settings: Config['registries']): readonly Registry[] {
  return REGISTRIES.filter(({ id }) => settings[id]?.enabled !== false);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

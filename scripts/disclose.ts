/**
 * Tells the people of a service which of their tokens stand in packages and work: fetches the artifacts again, since no token
 * was kept, asks the service again, and writes what it still accepts into a file that its recipient alone can read. Sends nothing:
 * handing the file over is for people, who know whom they talk to.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { bytesSource } from '../analysis/archive/source.ts';
import type { Candidate } from '../analysis/detect/candidate.ts';
import { createDetector, type Detector } from '../analysis/detect/detector.ts';
import { scanArtifact } from '../analysis/scan.ts';
import { Fingerprinter } from '../analysis/secret.ts';
import { SERVICES } from '../analysis/services/index.ts';
import type { Validator } from '../analysis/validate.ts';
import { CrawlError, NotAllowed } from '../crawler/errors.ts';
import type { Http } from '../crawler/http.ts';
import type { Database } from '../data/database.ts';
import { keyFileOf } from '../data/location.ts';
import type { Finding, Verdict } from '../data/model.ts';
import { openExisting } from '../data/open.ts';
import { findRun } from '../data/statistics/run-facts.ts';
import { databaseClock } from '../data/clock.ts';
import { insisting, type InsistOptions } from '../data/insist.ts';
import { sharedLeases } from '../data/leases.ts';
import {
  disclosureSources,
  saveDisclosure,
  toldBefore,
  type DisclosureReceipt,
  type DisclosureSource,
} from '../data/store/disclosure.ts';
import { thisHolder } from '../data/store/holder.ts';
import type { Config } from './config.ts';
import { encryptBatch, type DisclosedPlace } from './disclosure-batch.ts';
import { Failure, UsageError } from './errors.ts';
import { keyFor } from './key.ts';
import { registryOf } from './run-spec.ts';
import { walkLimits } from './setup.ts';
import { httpOf, validatorOf } from './workplace.ts';
import { writeWhole } from './write-file.ts';

export interface DiscloseOptions {
  readonly config: Config;
  /** Id of the service. */
  readonly service: string;
  /** Folder for the batches. */
  readonly out: string;
  /** The newest closed run where nothing is said. */
  readonly run: number | undefined;
  /** True writes tokens again that the recipients were told before. */
  readonly again: boolean;
  /** A token about which the service was asked within so many hours is not asked about again. */
  readonly verifiedWithinHours: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface Disclosure {
  readonly run: number;
  /** What was written, one batch per recipient; none where nothing was left to tell. */
  readonly batches: readonly WrittenBatch[];
  /** Tokens that it does not accept any more, or gave no clear answer about. */
  readonly others: Readonly<Partial<Record<Verdict, number>>>;
  /** Artifacts that could not be read again, in words. */
  readonly missed: readonly string[];
}

export interface WrittenBatch {
  readonly path: string;
  /** Name of the file, without its folder. */
  readonly file: string;
  readonly recipient: string;
  /** Of the encrypted file. */
  readonly sha256: string;
  /** Tokens that the service accepts now. */
  readonly tokenIds: readonly number[];
  /** Records: every token with every place it stands in. */
  readonly places: number;
}

/** Tokens that a recipient was not told yet: ids by fingerprint. */
interface ToTell {
  readonly recipient: string;
  readonly tokens: ReadonlyMap<string, number>;
}

const WORKS: readonly Verdict[] = ['active', 'restricted'];
const HOURS_A_DAY = 24;

/**
 * Writes one encrypted batch per recipient of a service, and the receipts.
 *
 * @throws UsageError for a service without recipient, Failure where the key of the fingerprints is another one
 */
export async function disclose(options: DiscloseOptions): Promise<Disclosure> {
  const { config, service, log, signal } = options;
  requireService(service);
  const recipients = recipientsOf(config, service);
  const database = await openExisting(config.db);
  const clock = await databaseClock(database);
  let http: Http | undefined;
  try {
    const fingerprinter = new Fingerprinter(await keyFor(database, config.keyFile ?? keyFileOf(config.db)));
    const run = (await findRun(database.db, options.run)).id;
    await requireKey(database, run, fingerprinter.keyId);
    const all = await disclosureSources(database, run, service);
    const toTell = await Promise.all(
      recipients.map(async (recipient): Promise<ToTell> => {
        const told = options.again ? new Set<number>() : await toldBefore(database, service, recipient);
        const open = all.flatMap((one) => one.tokens).filter((one) => !told.has(one.tokenId));
        return { recipient, tokens: new Map(open.map((one) => [one.fingerprint, one.tokenId])) };
      }),
    );
    const sources = all.flatMap((one) => {
      const tokens = one.tokens.filter(({ fingerprint }) => toTell.some((whom) => whom.tokens.has(fingerprint)));
      return tokens.length === 0 ? [] : [{ ...one, tokens }];
    });
    if (sources.length === 0) return { run, batches: [], others: {}, missed: [] };
    const holder = thisHolder();
    const insistence: InsistOptions = { signal, log };
    const leases = insisting(sharedLeases(database, holder), insistence);
    http = await httpOf(options, database, leases, clock, insistence);
    const { sightings, missed } = await readAgain(options, http, createDetector(SERVICES, { fingerprinter }), sources);
    const live = askingAnew(config, options.verifiedWithinHours);
    const { keyId } = fingerprinter;
    const validator = validatorOf(
      { options: { ...options, config: live }, services: SERVICES, database, clock, holder, keyId, leases, insistence },
      null,
    );
    const findings = await judgeOnce(validator, sightings);
    const madeAt = clock.now();
    const places = placesOf(sightings, findings, new Date(madeAt).toISOString());
    const batches: WrittenBatch[] = [];
    for (const whom of toTell) {
      const batch = await writeBatch(options, whom, places, madeAt);
      if (batch !== null) batches.push(batch);
    }
    await saveDisclosure(
      database,
      batches.map((one): DisclosureReceipt => Object.assign({ run, service, madeAt }, one)),
    );
    return { run, batches, others: othersOf(findings), missed };
  } finally {
    http?.close();
    await http?.settled();
    clock.close();
    await database.close();
  }
}

function requireService(id: string): void {
  if (!SERVICES.some((one) => one.id === id)) throw new UsageError(`there is no service ${id}; \`services\` lists them`);
}

/** Without a recipient nothing is fetched, and nothing is ever written that everybody can read. */
function recipientsOf({ disclosure }: Config, service: string): readonly string[] {
  const set = disclosure.recipients[service];
  if (set === undefined) {
    throw new UsageError(
      `nobody is set to be told about ${service}, and nothing is written unencrypted; ask the service for a public age key ` +
        `and set disclosure.recipients.${service} to it (age1…)`,
    );
  }
  return [...new Set(typeof set === 'string' ? [set] : set)];
}

async function requireKey({ db }: Database, run: number, keyId: string): Promise<void> {
  const { key_id: used } = await db.selectFrom('run').select('key_id').where('id', '=', run).executeTakeFirstOrThrow();
  if (used !== keyId) {
    throw new Failure(
      `run ${run} was done with another key of fingerprints, so its tokens cannot be recognised again; set keyFile to the file that was used then`,
    );
  }
}

/** Whatever a run may do, this command asks: what is handed over must work now. */
function askingAnew(config: Config, hours: number): Config {
  return { ...config, validation: { ...config.validation, mode: 'live', periodDays: hours / HOURS_A_DAY } };
}

/** A token of the run at a place where it still stands. */
interface Sighting {
  readonly source: DisclosureSource;
  /** Of the artifact as it was read now. */
  readonly sha256: string;
  readonly candidate: Candidate;
}

/** The artifacts once more, one after the other: there are few, and the registries set the pace. */
async function readAgain(
  { config, log, signal }: DiscloseOptions,
  http: Http,
  detector: Detector,
  sources: readonly DisclosureSource[],
): Promise<{ readonly sightings: readonly Sighting[]; readonly missed: readonly string[] }> {
  const sightings: Sighting[] = [];
  const missed: string[] = [];
  for (const source of sources) {
    const { registry, name, version, artifact } = source;
    const wanted = new Set(source.tokens.map((one) => one.fingerprint));
    const settings = config.registries[registry];
    const io = http.io(registryOf(registry), { origins: settings?.origins, rates: settings?.rates, signal, onDrop: () => {} });
    try {
      const { bytes } = await io.download(artifact, { maxBytes: config.limits.artifactBytes, signal });
      const scan = await scanArtifact(bytesSource(artifact.filename, bytes), detector, { limits: walkLimits(config), signal });
      const here = scan.candidates.filter((one) => wanted.has(one.fingerprint));
      for (const candidate of here) sightings.push({ source, sha256: scan.artifact.sha256, candidate });
      const seen = new Set(here.map((one) => one.fingerprint));
      if (seen.size < wanted.size) missed.push(`${registry} ${name} ${version}: not every token stands in it any more`);
    } catch (error) {
      if (!(error instanceof CrawlError) || error instanceof NotAllowed || signal.aborted) throw error;
      log.warn({ registry, name, reason: error.reason }, 'an artifact could not be fetched again');
      missed.push(`${registry} ${name} ${version}: ${error.message}`);
    }
  }
  return { sightings, missed };
}

/** One question per token, however many packages carry it. */
async function judgeOnce(validator: Validator, sightings: readonly Sighting[]): Promise<ReadonlyMap<string, Finding>> {
  const distinct = new Map(sightings.map(({ candidate }) => [candidate.fingerprint, candidate]));
  const findings = await validator.judge([...distinct.values()]);
  return new Map(findings.map((one) => [one.fingerprint, one]));
}

/** What still works, at every place. */
function placesOf(
  sightings: readonly Sighting[],
  findings: ReadonlyMap<string, Finding>,
  validatedAt: string,
): readonly DisclosedPlace[] {
  return sightings.flatMap(({ source, sha256, candidate }): DisclosedPlace[] => {
    const finding = findings.get(candidate.fingerprint);
    if (finding === undefined || !WORKS.includes(finding.verdict)) return [];
    const { registry, name, version, artifact } = source;
    const here = { ...finding, place: candidate.place };
    return [{ registry, name, version, artifact, sha256, finding: here, parts: candidate.parts, validatedAt }];
  });
}

/** The file of one recipient; null where there is nothing to tell. */
async function writeBatch(
  { service, out }: DiscloseOptions,
  { recipient, tokens }: ToTell,
  all: readonly DisclosedPlace[],
  madeAt: number,
): Promise<WrittenBatch | null> {
  const places = all.filter(({ finding }) => tokens.has(finding.fingerprint));
  if (places.length === 0) return null;
  const { bytes, sha256 } = await encryptBatch(places, recipient);
  const file = `${service}-${new Date(madeAt).toISOString().slice(0, 10)}-${sha256.slice(0, 12)}.json.age`;
  const path = join(out, file);
  writeWhole(path, bytes, 'choose another folder with --out');
  const tokenIds = new Set(places.flatMap(({ finding }) => tokens.get(finding.fingerprint) ?? []));
  return { path, file, recipient, sha256, tokenIds: [...tokenIds], places: places.length };
}

function othersOf(findings: ReadonlyMap<string, Finding>): Disclosure['others'] {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of findings.values()) if (!WORKS.includes(verdict)) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

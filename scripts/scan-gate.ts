/** A scan as a gate before publishing: reads the configuration, looks, prints, and says whether it may be published. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Fingerprinter } from '../analysis/secret.ts';
import { SERVICES } from '../analysis/services/index.ts';
import { createHttp } from '../crawler/http.ts';
import { memoryLedger } from '../crawler/memory-ledger.ts';
import { readNpmConfig } from '../crawler/npm-config.ts';
import { REGISTRIES } from '../crawler/registries/index.ts';
import { keyFileOf } from '../data/location.ts';
import { REGISTRY_IDS, type Finding, type ScanReport } from '../data/model.ts';
import { POLICIES } from '../data/policies.ts';
import { sarifOf } from '../reports/sarif.ts';
import { listOf } from './command.ts';
import { readConfig, type Config } from './config.ts';
import { EXIT, UsageError } from './errors.ts';
import { readKey } from './key.ts';
import { knownTokens } from './known-tokens.ts';
import { localScanner, type LocalScanner } from './local-scan.ts';
import { createLog } from './log.ts';
import { artifactText, count, emptyTotals, summaryText } from './scan-text.ts';
import { settingsOf, userAgentOf, VERSION, walkLimits } from './setup.ts';
import { NO_SUPPRESSIONS, readSuppressions, type Suppressions } from './suppressions.ts';

export interface GateArguments {
  /** A path, or with `registry` NAME or NAME@VERSION. */
  readonly what: string;
  readonly registry?: string | undefined;
  readonly npmPack?: boolean | undefined;
  readonly format: string;
  readonly validate?: string | undefined;
  readonly suppressions?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly failOn?: string[] | undefined;
  readonly config?: string | undefined;
  readonly contact?: string | undefined;
}

export interface GateIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly signal: AbortSignal;
}

/** The exit code: violated where a finding fails the scan, partial where something was left unread or could not be told. */
export async function scanAsGate(args: GateArguments, io: GateIo): Promise<number> {
  const { contact, suppressions: file, keyFile } = args;
  if (args.registry !== undefined && args.npmPack === true)
    throw new UsageError(
      '--registry and --npm-pack exclude each other: one looks into what is published, the other into what would be',
    );
  const config = readConfig({
    file: args.config,
    env: io.env,
    options: {
      contact,
      keyFile,
      suppressions: file,
      ...(args.validate === undefined ? {} : { validation: { mode: args.validate } }),
    },
  });
  const key = keyOf(config);
  const fingerprinter = new Fingerprinter(key.bytes);
  const suppressions = suppressionsOf(config, fingerprinter.keyId, key.lasts);
  const failing = new Set<string>(listOf(args.failOn, POLICY_IDS, 'policy') ?? FAILING_BY_CATALOGUE);
  const fails = ({ policy }: Finding): boolean => policy !== null && failing.has(policy);
  const scanner = localScanner({
    key: key.bytes,
    mode: config.validation.mode,
    contact: config.contact,
    userAgent: userAgentOf(config),
    settings: settingsOf(config),
    known: knownTokens(config),
    limits: walkLimits(config),
    artifactBytes: config.limits.artifactBytes,
    log: createLog('warn'),
    signal: io.signal,
  });
  const totals = emptyTotals();
  const kept: ScanReport[] = [];
  for await (const report of reportsOf(scanner, args, config, io)) {
    count(totals, report, suppressions, fails);
    if (args.format === 'json') io.stdout.write(`${JSON.stringify(flat(report, suppressions))}\n`);
    else if (args.format === 'text') io.stdout.write(artifactText(report, suppressions, fails));
    else if (totals.artifacts === 1 || report.findings.length + report.skipped.length > 0) kept.push(report);
  }
  const summary = summaryText(totals, suppressions, { id: fingerprinter.keyId, lasts: key.lasts });
  if (args.format === 'sarif') {
    const log = sarifOf(kept, {
      version: VERSION,
      services: SERVICES,
      suppressed: (finding) => suppressions.for(finding),
      lasting: key.lasts,
    });
    io.stdout.write(`${JSON.stringify(log, null, 2)}\n`);
  }
  (args.format === 'text' ? io.stdout : io.stderr).write(summary);
  if (totals.violations.size > 0) return EXIT.violated;
  return totals.unread > 0 || totals.verdicts.has('unknown') ? EXIT.partial : EXIT.done;
}

const POLICY_IDS = POLICIES.map(({ id }) => id);
const FAILING_BY_CATALOGUE = POLICIES.filter(({ ciStatus }) => ciStatus === 'fail').map(({ id }) => id);

async function* reportsOf(
  scanner: LocalScanner,
  { what, registry: id, npmPack }: GateArguments,
  config: Config,
  { env, signal }: GateIo,
): AsyncGenerator<ScanReport> {
  if (npmPack === true) yield* scanner.npmPack(what);
  else if (id === undefined) yield* scanner.path(what);
  else {
    const registry = REGISTRIES.find((one) => one.id === id);
    if (registry === undefined)
      throw new UsageError(`there is no registry ${JSON.stringify(id)}; there are ${REGISTRY_IDS.join(', ')}`);
    const { name, version } = nameAndVersion(what);
    const http = createHttp({
      version: VERSION,
      contact: config.contact,
      now: Date.now,
      random: Math.random,
      ledger: memoryLedger(),
      log: createLog('warn'),
      npmOptions: await readNpmConfig({ env: env, cwd: process.cwd(), execPath: process.execPath }),
      proxyEnv: env,
    });
    const { origins, rates } = config.registries[registry.id] ?? {};
    try {
      yield* scanner.release(registry, http.io(registry, { origins, rates, signal }), name, version);
    } finally {
      http.close();
    }
  }
}

/** `name`, `name@1.0.0`, `@scope/name`, `@scope/name@1.0.0`. */
function nameAndVersion(text: string): { readonly name: string; readonly version: string | null } {
  const at = text.lastIndexOf('@');
  const [name, version] = at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, null];
  if (name === '' || version === '' || /\s/.test(text))
    throw new UsageError(`--registry takes NAME or NAME@VERSION, not ${JSON.stringify(text)}`);
  return { name, version };
}

/**
 * The key of the fingerprints: the one that is named, else the one of the database if there is one. Without either it lasts
 * for this scan alone: a file made unasked in a publisher's folder might be published with it.
 */
function keyOf({ keyFile, db }: Config): { readonly bytes: Uint8Array; readonly lasts: boolean } {
  if (keyFile !== undefined) return { bytes: readKey(keyFile), lasts: true };
  const beside = keyFileOf(db);
  return existsSync(beside) ? { bytes: readKey(beside), lasts: true } : { bytes: randomBytes(32), lasts: false };
}

function suppressionsOf(config: Config, keyId: string, lasts: boolean): Suppressions {
  if (config.suppressions === undefined) return NO_SUPPRESSIONS;
  if (!lasts)
    throw new UsageError(
      'suppressions name fingerprints, and these are the same only under the same key: give the one they were made with by --key-file FILE (or keyFile)',
    );
  return readSuppressions(config.suppressions, keyId, new Date());
}

/** The report as printed for programs: places are part of the finding, and so is what it is suppressed by. */
function flat({ artifact, findings, skipped, stats }: ScanReport, suppressions: Suppressions) {
  return {
    artifact,
    findings: findings.map(({ place, ...finding }) => ({
      ...finding,
      ...place,
      suppressed: suppressions.for(finding.fingerprint),
    })),
    skipped,
    stats,
  };
}

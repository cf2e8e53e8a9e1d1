/**
 * What scans of packages found, as a SARIF 2.1.0 log: for code scanning pages, editors and other tools. It tells places,
 * never values: neither a token nor a part of one is in it.
 */
import type { Artifact, Location, Log, Notification, ReportingDescriptor, Result } from 'sarif';
import type { Finding, ScanReport } from '../data/model.ts';
import { activePolicyOf, POLICIES, type Policy } from '../data/policies.ts';
import { VERDICT_LABELS } from './wording.ts';

export interface SarifContext {
  /** Of this program, as a semantic version. */
  readonly version: string;
  /** What people who found a token need to know of its service. */
  readonly services: readonly {
    readonly id: string;
    readonly label: string;
    readonly docs: string;
    readonly revoke: string;
  }[];
  /** Who decided that a finding may stay, by its fingerprint; null for one that nobody did. Such a result is marked, not left out. */
  readonly suppressed?: (fingerprint: string) => SarifSuppression | null;
  /** False where the key of the fingerprints lasts for one scan alone: they are left out, since they would make every alert a new one. */
  readonly lasting?: boolean;
}

export interface SarifSuppression {
  readonly author: string;
  /** ISO 8601. */
  readonly date: string;
  readonly reason: string;
}

/**
 * One log with one run for all reports. Pure: the same reports give the same log.
 *
 * Every finding is a result. One that violates a policy fails it; an undecided one is `open`, one that is public by design
 * is `informational`. Files inside packages are nested artifacts, and what could not be read is a notification.
 */
export function sarifOf(reports: readonly ScanReport[], context: SarifContext): Log {
  const rules = rulesFor(reports);
  const files = new Files();
  const results = reports.flatMap((report) => {
    files.add(report);
    return report.findings.map((finding) => resultOf(finding, { rules, files, context }));
  });
  const notes = reports.flatMap(({ skipped }) => skipped.map((one): Notification => notificationOf(one, files)));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Incidence',
            semanticVersion: context.version,
            rules: [...rules],
            notifications: [...new Set(notes.map((one) => one.descriptor?.id ?? ''))]
              .sort()
              .map((id) => ({ id, shortDescription: { text: `Not read: ${plain(id)}` } })),
          },
        },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notes }],
        artifacts: [...files.list],
        results,
      },
    ],
  };
}

/** The policy that a finding is about: the one it violates, else the one that its verdict leaves open. */
function ruleOf({ policy, family }: Finding): string {
  return policy ?? activePolicyOf(family);
}

function rulesFor(reports: readonly ScanReport[]): readonly ReportingDescriptor[] {
  const used = new Set(reports.flatMap(({ findings }) => findings.map(ruleOf)));
  return POLICIES.filter(({ id }) => used.has(id)).map(descriptorOf);
}

const LEVELS = { fail: 'error', warning: 'warning', pass: 'note' } as const satisfies Readonly<
  Record<Policy['assessment']['status'], 'error' | 'warning' | 'note'>
>;

/** A number from 0 to 10 by which code scanning pages sort: above 7 they call it high, above 4 medium. */
const SEVERITY: Readonly<Record<Policy['severity'], string>> = { high: '8.0', medium: '5.0', low: '2.0' };

function descriptorOf(policy: Policy): ReportingDescriptor {
  return {
    id: policy.id,
    name: policy.assessment.reason.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: policy.title },
    defaultConfiguration: { level: LEVELS[policy.assessment.status] },
    properties: {
      tags: ['security', 'secrets'],
      precision: 'very-high',
      'security-severity': SEVERITY[policy.severity],
      'ci-status': policy.ciStatus,
    },
  };
}

interface Known {
  readonly rules: readonly ReportingDescriptor[];
  readonly files: Files;
  readonly context: SarifContext;
}

function resultOf(finding: Finding, { rules, files, context }: Known): Result {
  const { place } = finding;
  const ruleIndex = rules.findIndex(({ id }) => id === ruleOf(finding));
  const service = context.services.find((one) => one.id === finding.service);
  const location = files.locate(place.path);
  return {
    ruleId: ruleOf(finding),
    ruleIndex,
    ...outcomeOf(finding),
    message: { text: sentenceOf(finding, service) },
    analysisTarget: files.reference(place.path.slice(0, 1)),
    locations: [
      {
        physicalLocation: {
          ...location.physicalLocation,
          // No column: it would be one of characters, and the column of a finding counts bytes.
          region: { startLine: place.line, byteOffset: place.offset, byteLength: place.length },
        },
      },
    ],
    ...(context.lasting === false
      ? {}
      : {
          fingerprints: { 'token/v1': finding.fingerprint },
          partialFingerprints: { 'tokenAndPath/v1': [finding.fingerprint, ...place.path.map(encodeUri)].join('/') },
        }),
    ...suppressionsOf(finding, context),
    properties: {
      service: finding.service,
      format: finding.format,
      family: finding.family,
      verdict: finding.verdict,
      reason: finding.reason,
      place: place.label,
      decoding: [...place.decoding],
      byteColumn: place.column,
      ...(service === undefined ? {} : { documentation: service.docs, revoke: service.revoke }),
    },
  };
}

/** An empty list where suppressions are known and none holds; no list where nobody looked (SARIF 2.1.0, 3.27.23). */
function suppressionsOf({ fingerprint }: Finding, { suppressed }: SarifContext): Pick<Result, 'suppressions'> {
  if (suppressed === undefined) return {};
  const found = suppressed(fingerprint);
  if (found === null) return { suppressions: [] };
  const { author, date, reason } = found;
  return { suppressions: [{ kind: 'external', status: 'accepted', justification: plain(reason), properties: { author, date } }] };
}

/** `open`: evaluated, and too little is known to decide. Only what fails has a level other than `none`. */
function outcomeOf({ policy, verdict }: Finding): Pick<Result, 'kind' | 'level'> {
  const known = POLICIES.find(({ id }) => id === policy);
  if (known !== undefined) return { kind: 'fail', level: LEVELS[known.assessment.status] };
  return { kind: verdict === 'public-by-design' ? 'informational' : 'open', level: 'none' };
}

function sentenceOf(finding: Finding, service: SarifContext['services'][number] | undefined): string {
  const what = `${service?.label ?? finding.service} ${NOUN[finding.family]} ${finding.redacted}`;
  const known = `${VERDICT_LABELS[finding.verdict].toLowerCase()} (${finding.reason})`;
  const help = finding.policy === null || service === undefined ? '' : ` How to revoke it: ${service.revoke}`;
  return plain(`${what}: ${known}.${help}`);
}

const NOUN: Readonly<Record<Finding['family'], string>> = {
  token: 'token',
  'api-key': 'API key',
  webhook: 'webhook',
  credentials: 'credentials',
};

function notificationOf({ path, reason, detail }: ScanReport['skipped'][number], files: Files): Notification {
  return {
    level: 'warning',
    descriptor: { id: reason },
    message: { text: plain(detail) },
    locations: [files.locate(path)],
  };
}

/** Braces and brackets of a message are placeholders and links; doubled or escaped they are text (SARIF 2.1.0, 3.11.5 and 3.11.6). */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[{}]/g, '$&$&')
    .replace(/[\\[\]]/g, '\\$&');
}

/** The files of all reports in the order of their first mention, each nested in the one that holds it. */
class Files {
  readonly list: Artifact[] = [];
  readonly #indexes = new Map<string, number>();

  add({ artifact: { name, bytes, sha256 } }: ScanReport): void {
    const index = this.#indexOf([name]);
    if (sha256 === '') return;
    this.list[index] = { ...this.list[index], length: bytes, hashes: { 'sha-256': sha256 }, roles: ['analysisTarget'] };
  }

  locate(path: readonly string[]): Location & Required<Pick<Location, 'physicalLocation'>> {
    return { physicalLocation: { artifactLocation: this.reference(path) } };
  }

  reference(path: readonly string[]): { uri: string; index: number } {
    return { uri: uriOf(path), index: this.#indexOf(path) };
  }

  #indexOf(path: readonly string[]): number {
    const key = JSON.stringify(path);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const parentIndex = path.length > 1 ? this.#indexOf(path.slice(0, -1)) : null;
    this.list.push({ location: { uri: uriOf(path) }, ...(parentIndex === null ? {} : { parentIndex }) });
    this.#indexes.set(key, this.list.length - 1);
    return this.list.length - 1;
  }
}

/** Relative for a file on disk; for one inside another, from that one's root (SARIF 2.1.0, 3.24.3). */
function uriOf(path: readonly string[]): string {
  const last = encodeUri(path.at(-1) ?? '');
  return path.length > 1 ? `/${last.replace(/^\/+/, '')}` : last;
}

function encodeUri(path: string): string {
  return path
    .toWellFormed()
    .split('/')
    .map((part) => (part === '.' || part === '..' ? part.replaceAll('.', '%2E') : encodeURIComponent(part)))
    .join('/');
}

/** What a scan found, for the people who publish the package: what, where, why it matters, what to do. */
import { styleText } from 'node:util';
import { SERVICES } from '../analysis/services/index.ts';
import type { Finding, ScanReport, Verdict } from '../data/model.ts';
import { policyById } from '../data/policies.ts';
import { VERDICT_LABELS } from '../reports/wording.ts';
import { printable } from './output.ts';
import type { Suppression, Suppressions } from './suppressions.ts';

export interface ScanTotals {
  artifacts: number;
  entries: number;
  bytes: number;
  unread: number;
  readonly verdicts: Map<Verdict, number>;
  suppressed: number;
  /** Findings that a service would have been asked about, had there been a contact. */
  withoutContact: number;
  /** Findings by the policy that they fail the scan by. */
  readonly violations: Map<string, number>;
  readonly fingerprints: Set<string>;
}

/** Every service's own, and the reason for the order: who only deletes the file leaves the token to everybody who has it. */
const REVOKE_FIRST = 'Revoke it before you remove it: what was published once can be downloaded for ever.';

const WHY: Readonly<Record<Verdict, string>> = {
  active: 'The service accepts it: whoever has the package can act as its owner.',
  restricted: 'The service knows it, and refused this one question only: elsewhere it may work for whoever has the package.',
  inactive: 'The service refuses it, or it has expired: it opens nothing now. Remove it, so that nobody has to wonder.',
  unknown: 'Whether it is accepted could not be told. Treat it as if it were.',
  untested: 'Nobody was asked whether it is accepted. Treat it as if it were.',
  'published-example': 'An example that everybody knows: it opens nothing.',
  canary: 'Laid out to be found: whoever uses it is noticed. It was not asked about.',
  'public-by-design': 'Made to be public. Check that what it allows is limited to what everybody may do.',
};
/** What can be used, for all that is known, has to be revoked. */
const TO_REVOKE: ReadonlySet<Verdict> = new Set(['active', 'restricted', 'unknown', 'untested']);

const NOUN: Readonly<Record<Finding['family'], string>> = {
  token: 'token',
  'api-key': 'API key',
  webhook: 'webhook',
  credentials: 'credentials',
};

/** An artifact with something to say, or the empty string for one without findings that was read to its end. */
export function artifactText(
  { artifact, findings, skipped }: ScanReport,
  suppressions: Suppressions,
  fails: (finding: Finding) => boolean,
): string {
  if (findings.length + skipped.length === 0) return '';
  const head = styleText('bold', printable(artifact.name));
  const found = findings.map((finding) => findingText(finding, suppressions.for(finding.fingerprint), fails(finding)));
  const missed = skipped.map(
    (one) =>
      `  ${styleText('yellow', 'not read')}  ${one.path.map(printable).join(' > ')}: ${printable(one.detail)} (${one.reason})`,
  );
  return `${[head, ...found, ...missed].join('\n')}\n\n`;
}

function findingText(finding: Finding, suppression: Suppression | null, fails: boolean): string {
  const { place, verdict, family } = finding;
  const service = SERVICES.find((one) => one.id === finding.service);
  const where = place.path.slice(1).map(printable).join(' > ') || printable(place.path[0] ?? '');
  const inside = place.decoding.length === 0 ? '' : `, inside ${place.decoding.join(', ')}`;
  const color = suppression !== null ? 'gray' : fails ? 'red' : 'yellow';
  const label = `${suppression === null ? '' : 'suppressed: '}${VERDICT_LABELS[verdict].toLowerCase()}`;
  const policy = finding.policy === null ? '' : `, ${finding.policy}`;
  return [
    `  ${styleText(color, label)}  ${service?.label ?? finding.service} ${NOUN[family]} ${printable(finding.redacted)}  (${finding.reason}${policy})`,
    `      where:  ${where}, line ${place.line}, column ${place.column}${inside}`,
    `      why:    ${WHY[verdict]}`,
    ...(TO_REVOKE.has(verdict) && service !== undefined ? [`      do:     ${REVOKE_FIRST} ${service.revoke}`] : []),
    ...(suppression === null
      ? []
      : [`      stays:  ${printable(suppression.reason)} (${printable(suppression.author)}, ${suppression.date})`]),
    `      fingerprint ${finding.fingerprint}`,
  ].join('\n');
}

export function emptyTotals(): ScanTotals {
  return {
    artifacts: 0,
    entries: 0,
    bytes: 0,
    unread: 0,
    verdicts: new Map(),
    suppressed: 0,
    withoutContact: 0,
    violations: new Map(),
    fingerprints: new Set(),
  };
}

export function count(
  totals: ScanTotals,
  { artifact, findings, skipped, stats }: ScanReport,
  suppressions: Suppressions,
  fails: (finding: Finding) => boolean,
): void {
  totals.artifacts += 1;
  totals.entries += stats.entries;
  totals.bytes += artifact.bytes;
  totals.unread += skipped.length;
  for (const finding of findings) {
    totals.fingerprints.add(finding.fingerprint);
    if (suppressions.for(finding.fingerprint) !== null) {
      totals.suppressed += 1;
      continue;
    }
    if (finding.reason === 'no-contact') totals.withoutContact += 1;
    totals.verdicts.set(finding.verdict, (totals.verdicts.get(finding.verdict) ?? 0) + 1);
    if (fails(finding) && finding.policy !== null)
      totals.violations.set(finding.policy, (totals.violations.get(finding.policy) ?? 0) + 1);
  }
}

export interface KeyFacts {
  readonly id: string;
  /** False for a key that lasts for this scan alone: its fingerprints mean nothing tomorrow. */
  readonly lasts: boolean;
}

/** The last lines: what was looked at, what was found, what it means for the build. */
export function summaryText(totals: ScanTotals, suppressions: Suppressions, key: KeyFacts): string {
  const found = [...totals.verdicts].map(([verdict, n]) => `${n} ${VERDICT_LABELS[verdict].toLowerCase()}`);
  const all = [...totals.verdicts.values()].reduce((sum, n) => sum + n, 0);
  const lines = [
    `Looked into ${things(totals.artifacts, 'file')} (${things(totals.entries, 'entry', 'entries')}, ${totals.bytes} bytes): ${things(all, 'finding')}${found.length === 0 ? '' : ` (${found.join(', ')})`}.`,
    ...(totals.suppressed > 0 ? [`${things(totals.suppressed, 'finding')} suppressed.`] : []),
    ...suppressions
      .unused(totals.fingerprints)
      .map(
        (one) =>
          `A suppression matches nothing any more: ${one.fingerprint.slice(0, 12)}… (${printable(one.author)}, ${one.date}).`,
      ),
    ...suppressions.ended.map(
      (one) => `A suppression ended on ${one.until ?? one.date}: ${one.fingerprint.slice(0, 12)}… (${printable(one.author)}).`,
    ),
    ...[...totals.violations].map(
      ([policy, n]) =>
        `${styleText('red', policy)} fails: ${policyById(policy).title.replace(/\.$/, '')} (${things(n, 'finding')}).`,
    ),
    ...(totals.withoutContact > 0
      ? [`No service was asked about ${things(totals.withoutContact, 'finding')}: nothing leaves this machine without --contact.`]
      : []),
    ...(totals.unread > 0 ? [`${things(totals.unread, 'thing')} could not be read; what stands in there is not known.`] : []),
    ...(all + totals.suppressed === 0
      ? []
      : [
          key.lasts
            ? `Fingerprints were made with the key ${key.id}.`
            : 'Fingerprints were made with a key of this scan alone; --key-file FILE gives them a key that stays, for suppressions.',
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

function things(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

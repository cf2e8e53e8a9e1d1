/**
 * Findings that a publisher decided to live with: by fingerprint, each with who decided it, when and why. They are shown and
 * counted as suppressed; none is ever left out of a report.
 */
import { z } from 'zod';
import { mistakeIn } from './config.ts';
import { UsageError } from './errors.ts';
import { readWrittenFile } from './written-file.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const day = z.string('a date such as 2026-11-28').refine((text) => DAY.test(text) && isDay(text), 'a date such as 2026-11-28');

function words(what: string) {
  return z.string(what).trim().min(1, what);
}

const suppression = z.strictObject({
  fingerprint: z
    .string('the fingerprint of a finding, as scan prints it')
    .regex(/^[0-9a-f]{64}$/, 'the fingerprint of a finding, as scan prints it: 64 hexadecimal digits'),
  author: words('who decided it: a name or a mail address'),
  date: day.describe('When it was decided'),
  reason: words('why the finding may stay, in words'),
  until: day.optional().describe('The last day on which it holds'),
});

const fileSchema = z.strictObject({
  key: z
    .string('the id of the key that the fingerprints were made with, as scan prints it')
    .regex(/^[0-9a-f]{16}$/, 'the id of the key that the fingerprints were made with, as scan prints it: 16 hexadecimal digits'),
  suppressions: z.array(suppression, 'a list of suppressions'),
});

export type Suppression = Readonly<z.infer<typeof suppression>>;

export interface Suppressions {
  /** The suppression that holds today for a finding, or null. */
  for(fingerprint: string): Suppression | null;
  /** Suppressions that match none of the fingerprints: the token is gone, or was never here. */
  unused(fingerprints: ReadonlySet<string>): readonly Suppression[];
  /** Suppressions whose last day has passed. */
  readonly ended: readonly Suppression[];
}

export const NO_SUPPRESSIONS: Suppressions = { for: () => null, unused: () => [], ended: [] };

/**
 * Reads a file of suppressions.
 *
 * @param keyId id of the key of this scan's fingerprints: under another key the same token has another fingerprint, so a file
 *   that was made with another one is refused; it would match nothing, in silence
 * @throws UsageError that names the line and what stands there instead
 */
export function readSuppressions(path: string, keyId: string, now: Date): Suppressions {
  const written = readWrittenFile(path, 'suppression file');
  const parsed = fileSchema.safeParse(written.value, { error: missing });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${mistakeIn(issue, written)}`);
    throw new UsageError(`the suppression file ${path} cannot be used:\n${lines.join('\n')}`);
  }
  const { key, suppressions } = parsed.data;
  if (key !== keyId)
    throw new UsageError(
      `the suppression file ${path} was made with the key ${key} (line ${written.lineOf(['key']) ?? 1}), and this scan has the key ${keyId}: give the key file that belongs to it with --key-file`,
    );
  const byFingerprint = new Map<string, Suppression>();
  for (const [index, one] of suppressions.entries()) {
    if (byFingerprint.has(one.fingerprint))
      throw new UsageError(
        `the suppression file ${path} cannot be used:\n  line ${written.lineOf(['suppressions', index]) ?? 1}: suppressions.${index}: the same fingerprint stands above already`,
      );
    byFingerprint.set(one.fingerprint, one);
  }
  const today = now.toISOString().slice(0, 10);
  const holds = ({ until }: Suppression) => until === undefined || until >= today;
  return {
    for(fingerprint) {
      const found = byFingerprint.get(fingerprint);
      return found !== undefined && holds(found) ? found : null;
    },
    unused: (fingerprints) => suppressions.filter((one) => holds(one) && !fingerprints.has(one.fingerprint)),
    ended: suppressions.filter((one) => !holds(one)),
  };
}

/** What is said of a setting that is not there or unknown; what came is left out, since it may be a token. */
function missing(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return 'takes fingerprint, author, date, reason and until, and nothing else';
  if (issue.code === 'invalid_type') return `must be ${issue.expected === 'object' ? 'settings by name' : `a ${issue.expected}`}`;
  return undefined;
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

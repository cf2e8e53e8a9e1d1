/** Verdicts of a run, and the second look at those that decided nothing. */
import { sql, type RawBuilder } from 'kysely';
import type { Database, Reader, Tx } from '../database.ts';
import type { Artifact, Family, Finding, RegistryId, Verdict } from '../model.ts';
import { artifactOf, chunks, distinctBy, text, type ArtifactColumns } from './rows.ts';
import { requireOpen } from './run.ts';

/**
 * Which of two verdicts on one token stands in a run: the higher. A fact beats an open question, an accepted token beats a
 * refused one (several regions, several moments), and the order in which packages were analysed changes nothing.
 */
const PRECEDENCE: Readonly<Record<Verdict, number>> = {
  untested: 0,
  unknown: 1,
  inactive: 2,
  'published-example': 3,
  canary: 4,
  'public-by-design': 5,
  restricted: 6,
  active: 7,
};

export interface JudgedToken {
  readonly tokenId: number;
  readonly finding: Pick<Finding, 'family' | 'verdict' | 'reason' | 'policy' | 'lookAfter'>;
  readonly decidedAt: number;
}

/** Stores verdicts; of several on one token the one of highest precedence stands. All of a transaction at once, for their order. */
export async function saveVerdicts(tx: Tx, run: number, tokens: readonly JudgedToken[]): Promise<void> {
  // In one order, so that of two who store the same tokens one waits for the other, not each for each.
  const inOrder = tokens.toSorted((a, b) => a.tokenId - b.tokenId);
  // One statement takes one verdict on each token; whoever has the first has the token to itself for the others.
  for (let left: readonly JudgedToken[] = inOrder; left.length > 0;) {
    const firsts = new Set(distinctBy(left, (one) => String(one.tokenId)));
    await saveDistinct(tx, run, [...firsts]);
    left = left.filter((one) => !firsts.has(one));
  }
}

async function saveDistinct(tx: Tx, run: number, tokens: readonly JudgedToken[]): Promise<void> {
  const rows = tokens.map(({ tokenId, finding, decidedAt }) => ({
    run_id: run,
    token_id: tokenId,
    family: finding.family,
    verdict: finding.verdict,
    reason: text(finding.reason),
    policy: finding.policy === null ? null : text(finding.policy),
    precedence: PRECEDENCE[finding.verdict],
    decided_at: decidedAt,
    looks: 1,
    look_after: finding.verdict === 'unknown' ? (finding.lookAfter ?? null) : null,
  }));
  for (const chunk of chunks(rows, 10)) {
    await tx
      .insertInto('verdict')
      .values(chunk)
      .onConflict((oc) =>
        oc
          .columns(['run_id', 'token_id'])
          .doUpdateSet((eb) => ({
            family: eb.ref('excluded.family'),
            verdict: eb.ref('excluded.verdict'),
            reason: eb.ref('excluded.reason'),
            policy: eb.ref('excluded.policy'),
            precedence: eb.ref('excluded.precedence'),
            decided_at: eb.ref('excluded.decided_at'),
            look_after: eb.ref('excluded.look_after'),
          }))
          .where((eb) =>
            eb.or([
              eb('excluded.precedence', '>', eb.ref('verdict.precedence')),
              // Of two that are undecided the one that waits longer: it is the newer. Of other equal verdicts for different
              // reasons any, by a rule that does not depend on who came first.
              eb.and([
                eb('excluded.precedence', '=', eb.ref('verdict.precedence')),
                eb.or([
                  eb(waitOf('excluded'), '>', waitOf('verdict')),
                  eb.and([eb(waitOf('excluded'), '=', waitOf('verdict')), eb('excluded.reason', '<', eb.ref('verdict.reason'))]),
                ]),
              ]),
            ]),
          ),
      )
      .execute();
  }
}

/** Never is later than any time. */
function waitOf(table: 'excluded' | 'verdict'): RawBuilder<number> {
  return sql<number>`coalesce(${sql.ref(`${table}.look_after`)}, ${sql.lit(Number.MAX_SAFE_INTEGER)})`;
}

export interface KnownVerdict {
  readonly run: number;
  readonly family: Family;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly policy: string | null;
  readonly decidedAt: number;
  /** When an undecided token is to be asked about again; null where never, or decided. */
  readonly lookAfter: number | null;
  /** The run it comes from validated in the same way: same mode, same family, same switch of the service. */
  readonly sameTerms: boolean;
}

/** The newest verdict on each token: this run's own if there is one. */
export async function lastVerdicts(
  db: Reader,
  run: number,
  tokenIds: readonly number[],
): Promise<ReadonlyMap<number, KnownVerdict>> {
  const known = new Map<number, KnownVerdict>();
  if (tokenIds.length === 0) return known;
  const terms = await readTerms(db, run);
  for (const some of chunks(tokenIds, 1)) {
    const rows = await db
      .selectFrom('verdict')
      .innerJoin('run', 'run.id', 'verdict.run_id')
      .innerJoin('token', 'token.id', 'verdict.token_id')
      .leftJoin('run_service', (join) =>
        join
          .onRef('run_service.run_id', '=', 'verdict.run_id')
          .onRef('run_service.service', '=', 'token.service')
          .onRef('run_service.family', '=', 'verdict.family'),
      )
      .select(['verdict.run_id', 'verdict.token_id', 'verdict.family', 'verdict.verdict', 'verdict.reason', 'verdict.policy'])
      .select([
        'verdict.decided_at',
        'verdict.look_after',
        'run.validation',
        'token.service',
        'run_service.checked',
        'run_service.off_reason',
      ])
      .where('verdict.token_id', 'in', some)
      .where('verdict.run_id', '<=', run)
      .orderBy('verdict.run_id')
      .execute();
    for (const row of rows) {
      const { family, verdict, reason, policy } = row;
      const sameTerms =
        row.off_reason === null &&
        row.validation === terms.validation &&
        row.checked === terms.checked.get(`${row.service} ${family}`);
      known.set(row.token_id, {
        run: row.run_id,
        family,
        verdict,
        reason,
        policy,
        decidedAt: row.decided_at,
        lookAfter: row.look_after,
        sameTerms,
      });
    }
  }
  return known;
}

export interface OpenQuestion {
  readonly registry: RegistryId;
  readonly name: string;
  readonly version: string;
  readonly artifact: Artifact;
  /** Tokens in the artifact that are still undecided and due. */
  readonly fingerprints: readonly string[];
}

/**
 * Undecided tokens whose time for another look has come, each with one artifact that carries it: the token itself was not kept, so
 * the artifact has to be fetched and scanned again. Answer with `saveSecondLook`.
 */
export async function dueUnknown({ db }: Database, run: number, now: number): Promise<readonly OpenQuestion[]> {
  // From the tokens to their packages, in this order: see `readCarriers` of the statistics.
  const carriers = await db
    .selectFrom('verdict')
    .crossJoin('token')
    .crossJoin('occurrence')
    .crossJoin('analysis')
    .crossJoin('artifact')
    .crossJoin('release')
    .crossJoin('package')
    .select(['package.registry', 'package.name', 'release.version', 'artifact.id as artifactId', 'artifact.filename'])
    .select(['artifact.url', 'artifact.kind', 'artifact.bytes', 'artifact.digest_algorithm', 'artifact.digest'])
    .select('token.fingerprint')
    .where('verdict.run_id', '=', run)
    .where('verdict.verdict', '=', 'unknown')
    .where('verdict.look_after', '<=', now)
    .where('analysis.run_id', '=', run)
    .whereRef('token.id', '=', 'verdict.token_id')
    .whereRef('occurrence.token_id', '=', 'token.id')
    .whereRef('analysis.scan_id', '=', 'occurrence.scan_id')
    .whereRef('artifact.id', '=', 'analysis.artifact_id')
    .whereRef('release.id', '=', 'artifact.release_id')
    .whereRef('package.id', '=', 'analysis.package_id')
    .orderBy('package.id')
    .orderBy('artifact.id')
    .execute();
  return byArtifact(distinctBy(carriers, (one) => one.fingerprint));
}

/** Stores what another look decided; what is still unknown waits for its next time, in this run or a later one. */
export async function saveSecondLook({ db }: Database, run: number, findings: readonly Finding[], now: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await requireOpen(tx, run);
    const judged: JudgedToken[] = [];
    for (const chunk of chunks(
      distinctBy(findings, (one) => one.fingerprint),
      1,
    )) {
      const tokens = await tx
        .selectFrom('token')
        .innerJoin('run', 'run.key_id', 'token.key_id')
        .innerJoin('verdict', (join) => join.onRef('verdict.token_id', '=', 'token.id').onRef('verdict.run_id', '=', 'run.id'))
        .select(['token.id', 'token.fingerprint'])
        .where('run.id', '=', run)
        .where(
          'token.fingerprint',
          'in',
          chunk.map((one) => one.fingerprint),
        )
        .execute();
      const ids = new Map(tokens.map((one) => [one.fingerprint, one.id]));
      for (const finding of chunk) {
        const tokenId = ids.get(finding.fingerprint);
        if (tokenId !== undefined) judged.push({ tokenId, finding, decidedAt: now });
      }
    }
    await saveVerdicts(tx, run, judged);
    for (const some of chunks(judged, 1)) {
      await tx
        .updateTable('verdict')
        .set((eb) => ({ looks: eb('looks', '+', 1) }))
        .where('run_id', '=', run)
        .where(
          'token_id',
          'in',
          some.map((one) => one.tokenId),
        )
        .execute();
    }
  });
}

interface Terms {
  readonly validation: string;
  readonly checked: ReadonlyMap<string, number>;
}

async function readTerms(db: Reader, run: number): Promise<Terms> {
  const { validation } = await db.selectFrom('run').select('validation').where('id', '=', run).executeTakeFirstOrThrow();
  const services = await db
    .selectFrom('run_service')
    .select(['service', 'family', 'checked'])
    .where('run_id', '=', run)
    .execute();
  return { validation, checked: new Map(services.map((one) => [`${one.service} ${one.family}`, one.checked])) };
}

interface Carrier extends Omit<OpenQuestion, 'fingerprints' | 'artifact'>, ArtifactColumns {
  readonly artifactId: number;
  readonly fingerprint: string;
}

function byArtifact(carriers: readonly Carrier[]): readonly OpenQuestion[] {
  const questions = new Map<number, OpenQuestion & { readonly fingerprints: string[] }>();
  for (const one of carriers) {
    const { artifactId, fingerprint, registry, name, version } = one;
    const known = questions.get(artifactId);
    if (known === undefined)
      questions.set(artifactId, { registry, name, version, artifact: artifactOf(one), fingerprints: [fingerprint] });
    else known.fingerprints.push(fingerprint);
  }
  return [...questions.values()];
}

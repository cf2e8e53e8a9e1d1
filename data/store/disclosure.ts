/** What there is to tell a service's own people, and the receipt that it was written for them. No token is read or stored here. */
import type { Database } from '../database.ts';
import type { Artifact, RegistryId, Verdict } from '../model.ts';
import { artifactOf, chunks, distinctBy, text, type ArtifactColumns } from './rows.ts';

/** An artifact with tokens to be told: it has to be fetched and scanned again, since no token was kept. */
export interface DisclosureSource {
  readonly registry: RegistryId;
  readonly name: string;
  readonly key: string;
  readonly version: string;
  readonly artifact: Artifact;
  /** Of the bytes that were scanned; null where that is not known. */
  readonly sha256: string | null;
  /** Tokens to be told that stand in it. */
  readonly tokens: readonly DisclosableToken[];
}

export interface DisclosableToken {
  readonly tokenId: number;
  readonly fingerprint: string;
}

/** Verdicts that say that the service took the token for one of its own that works. */
const TOLD: readonly Verdict[] = ['active', 'restricted'];

/** Artifacts with working tokens of a service in a run, in the order of registries, packages and files. */
export async function disclosureSources({ db }: Database, run: number, service: string): Promise<readonly DisclosureSource[]> {
  const tokens = await db
    .selectFrom('verdict')
    .innerJoin('token', 'token.id', 'verdict.token_id')
    .select(['token.id', 'token.fingerprint'])
    .where('verdict.run_id', '=', run)
    .where('token.service', '=', service)
    .where('verdict.verdict', 'in', TOLD)
    .where('verdict.policy', 'is not', null)
    .execute();
  const open = new Map(tokens.map(({ id, fingerprint }) => [id, { tokenId: id, fingerprint }] as const));
  const sources = new Map<number, DisclosureSource & { readonly tokens: DisclosableToken[] }>();
  for (const ids of chunks(open.keys(), 1)) {
    // From the tokens to their packages, in this order: see `readCarriers` of the statistics.
    const rows = await db
      .selectFrom('occurrence')
      .crossJoin('analysis')
      .crossJoin('artifact')
      .crossJoin('release')
      .crossJoin('package')
      .select([
        'occurrence.token_id as tokenId',
        'artifact.id as artifactId',
        'artifact.filename',
        'artifact.kind',
        'artifact.url',
      ])
      .select(['artifact.bytes', 'artifact.digest_algorithm', 'artifact.digest', 'artifact.sha256', 'release.version'])
      .select(['package.registry', 'package.name', 'package.key'])
      .distinct()
      .where('occurrence.token_id', 'in', ids)
      .where('analysis.run_id', '=', run)
      .whereRef('analysis.scan_id', '=', 'occurrence.scan_id')
      .whereRef('artifact.id', '=', 'analysis.artifact_id')
      .whereRef('release.id', '=', 'artifact.release_id')
      .whereRef('package.id', '=', 'analysis.package_id')
      .execute();
    for (const row of rows) {
      const token = open.get(row.tokenId);
      if (token === undefined) continue;
      const known = sources.get(row.artifactId);
      if (known === undefined) sources.set(row.artifactId, { ...sourceOf(row), tokens: [token] });
      else known.tokens.push(token);
    }
  }
  return [...sources.values()].toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

type SourceRow = Pick<DisclosureSource, 'registry' | 'name' | 'key' | 'version' | 'sha256'> & ArtifactColumns;

function sourceOf(row: SourceRow): Omit<DisclosureSource, 'tokens'> {
  const { registry, name, key, version, sha256 } = row;
  return { registry, name, key, version, sha256, artifact: artifactOf(row) };
}

function orderOf({ registry, key, artifact }: DisclosureSource): string {
  return [registry, key, artifact.filename].join('\0');
}

/** Ids of the tokens that a recipient was told before, in whichever run. */
export async function toldBefore({ db }: Database, service: string, recipient: string): Promise<ReadonlySet<number>> {
  const rows = await db
    .selectFrom('disclosed_token')
    .innerJoin('disclosure', 'disclosure.id', 'disclosed_token.disclosure_id')
    .select('disclosed_token.token_id')
    .where('disclosure.service', '=', service)
    .where('disclosure.recipient', '=', recipient)
    .execute();
  return new Set(rows.map((one) => one.token_id));
}

export interface DisclosureReceipt {
  readonly run: number;
  readonly service: string;
  readonly recipient: string;
  readonly file: string;
  /** Of the encrypted file. */
  readonly sha256: string;
  readonly tokenIds: readonly number[];
  readonly places: number;
  readonly madeAt: number;
}

/** Notes which batches were written. */
export async function saveDisclosure({ db }: Database, receipts: readonly DisclosureReceipt[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const receipt of receipts) {
      const tokenIds = distinctBy(receipt.tokenIds, String);
      const { id } = await tx
        .insertInto('disclosure')
        .values({
          run_id: receipt.run,
          service: text(receipt.service),
          recipient: text(receipt.recipient),
          file: text(receipt.file),
          sha256: text(receipt.sha256),
          tokens: tokenIds.length,
          places: receipt.places,
          made_at: receipt.madeAt,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      for (const some of chunks(tokenIds, 2)) {
        const rows = some.map((token) => ({ disclosure_id: id, token_id: token }));
        await tx.insertInto('disclosed_token').values(rows).execute();
      }
    }
  });
}

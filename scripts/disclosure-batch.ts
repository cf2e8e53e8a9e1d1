/** A batch for the people of a service, in the format of secret scanning partners, readable by its recipient alone. */
import { createHash } from 'node:crypto';
import { Encrypter } from 'age-encryption';
import type { Parts } from '../analysis/secret.ts';
import type { Artifact, Finding, RegistryId } from '../data/model.ts';
import { UsageError } from './errors.ts';

/** A token that works, at one of its places. */
export interface DisclosedPlace {
  readonly registry: RegistryId;
  readonly name: string;
  readonly version: string;
  readonly artifact: Artifact;
  readonly sha256: string;
  readonly finding: Finding;
  readonly parts: Parts;
  /** When it was known to work; ISO 8601. */
  readonly validatedAt: string;
}

export interface EncryptedBatch {
  readonly bytes: Uint8Array;
  /** Of `bytes`; hex. */
  readonly sha256: string;
}

/**
 * The batch as an encrypted file: a JSON array of records with `type`, `token`, `url` and `source`, as partners of secret
 * scanning know them, and what helps to find the place. The plain text exists in memory alone.
 *
 * @param recipient public age key
 * @throws UsageError where the key is none
 */
export async function encryptBatch(places: readonly DisclosedPlace[], recipient: string): Promise<EncryptedBatch> {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new UsageError(`${recipient} is no public age key; take the one that \`age-keygen\` printed`, { cause: error });
  }
  const bytes = await encrypter.encrypt(JSON.stringify(places.map(recordOf), null, 1));
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function recordOf({ registry, name, version, artifact, sha256, finding, parts, validatedAt }: DisclosedPlace): object {
  const revealed = Object.fromEntries(Object.entries(parts).map(([part, secret]) => [part, secret.reveal()]));
  const { place, format, verdict, reason, fingerprint } = finding;
  return {
    // As PyPI and its like name theirs: `pypi_api_token`.
    type: format.replaceAll(/[^a-z0-9]+/gi, '_').toLowerCase(),
    token: mainPart(revealed),
    // What a token of several parts opens with; left out where `token` is all there is.
    ...(Object.keys(revealed).length > 1 ? { parts: revealed } : {}),
    url: artifact.url,
    source: registry,
    purl: purlOf(registry, name, version),
    artifact_sha256: sha256,
    path_in_artifact: place.path.slice(1),
    line: place.line,
    validated_at: validatedAt,
    validator_result: verdict,
    validator_reason: reason,
    fingerprint,
  };
}

/** The part that must be kept secret, in the order in which formats name it. */
function mainPart(parts: Readonly<Record<string, string>>): string {
  for (const name of ['token', 'secret', 'key']) {
    const found = parts[name];
    if (found !== undefined) return found;
  }
  return Object.values(parts).join(':');
}

const PURL_TYPES: Readonly<Record<RegistryId, string>> = { rubygems: 'gem', nuget: 'nuget', pypi: 'pypi', npm: 'npm' };

/** The package URL (purl) of a release; of PyPI's the normalised name, of npm's the scope as a namespace. */
export function purlOf(registry: RegistryId, name: string, version: string): string {
  const own = registry === 'pypi' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name;
  const path = own.split('/').map(encodeURIComponent).join('/');
  return `pkg:${PURL_TYPES[registry]}/${path}@${encodeURIComponent(version)}`;
}

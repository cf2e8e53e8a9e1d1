/** Reads one file out of a package that is itself a data set, as it streams by: nothing is run, nothing touches the disk. */
import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { CrawlError, DigestMismatch, Malformed } from '../../errors.ts';
import type { RegistryIo } from '../../registry.ts';
import { digestOf } from './integrity.ts';
import { encodeName } from './name.ts';

const MAX_DOCUMENT = 32 * 1024 * 1024;
const MAX_TARBALL = 512 * 1024 * 1024;

export interface DataPackage {
  readonly version: string;
  /** ISO 8601 date of its publication; null where the document does not say. */
  readonly published: string | null;
  readonly tarball: string;
  readonly integrity: unknown;
  readonly shasum: unknown;
}

const documentSchema = z.object({
  'dist-tags': z.object({ latest: z.string() }),
  versions: z.record(
    z.string(),
    z.object({ dist: z.object({ tarball: z.string(), integrity: z.unknown().optional(), shasum: z.unknown().optional() }) }),
  ),
  time: z.record(z.string(), z.unknown()).optional(),
});

/** The newest version of a package, with its date: asked for as a whole document, since only that has dates. */
export async function newestData(name: string, io: RegistryIo): Promise<DataPackage> {
  const url = `${io.origin('registry')}/${encodeName(name)}`;
  const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_DOCUMENT });
  const document = documentSchema.safeParse(body);
  const version = document.data?.['dist-tags'].latest ?? '';
  const dist = document.data?.versions[version]?.dist;
  if (dist === undefined) throw new Malformed(`expected a package with a latest version at ${url}`, { url });
  const published = document.data?.time?.[version];
  return {
    version,
    published: typeof published === 'string' ? published.slice(0, 10) : null,
    tarball: io.rebase(dist.tarball),
    integrity: dist.integrity,
    shasum: dist.shasum,
  };
}

/**
 * The bytes of the file whose path below the package's root is `path`. The whole tarball is read, and after the last byte
 * of the file its digest is checked: what was yielded before is to be thrown away when this throws.
 */
export async function* fileOf(data: DataPackage, path: string, io: RegistryIo): AsyncGenerator<Uint8Array> {
  const url = data.tarball;
  if (!url.startsWith(`${io.origin('registry')}/`)) throw new Malformed('expected a tarball on the registry itself', { url });
  const { body } = await io.stream(url, { accept: 'application/octet-stream, */*;q=0.5', maxBytes: MAX_TARBALL });
  const digest = digestOf(data.integrity, data.shasum);
  const hash = createHash(digest?.algorithm ?? 'sha512');
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const archive = extract();
  // What breaks before the archive reaches its reader through the archive.
  pipeline(Readable.from(hashed()), createGunzip(), archive, () => undefined);
  let found = false;
  try {
    for await (const entry of archive) {
      if (found || belowRoot(entry.header.name) !== path) entry.resume();
      else {
        found = true;
        for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk;
      }
    }
  } catch (error) {
    if (error instanceof CrawlError) throw error;
    throw new Malformed('expected a gzipped tar, but it cannot be read to its end', { url, cause: error });
  } finally {
    archive.destroy();
  }
  if (!found) throw new Malformed(`expected ${path} in the tarball`, { url });
  if (digest !== null && hash.digest('hex') !== digest.hex) {
    throw new DigestMismatch(`expected the ${digest.algorithm} that the registry publishes, but the tarball has another`, {
      url,
    });
  }
}

/** Paths start with a folder of any name, mostly `package`. */
function belowRoot(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

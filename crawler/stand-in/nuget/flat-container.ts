/** The flat container: the versions of a package, listed or not, and its files. It follows the catalog at some distance. */
import { createHash } from 'node:crypto';
import { lowerNugetId } from '../../versions/nuget.ts';
import { file, json } from '../replies.ts';
import type { Answer, StandInRequest } from '../server.ts';
import type { WorldPackage } from '../world.ts';
import { pathVersion, timeOf, type CatalogEvent } from './history.ts';
import type { Library } from './library.ts';
import { byVersion } from './registration.ts';
import { blobNotFound } from './replies.ts';

export const FLAT_CONTAINER = '/v3-flatcontainer/';

export interface FlatContainerOptions {
  /** By package: how many requests for its files are answered 404, since the container is behind. */
  readonly lag?: ReadonlyMap<string, number>;
  /** A content network that sends the whole file whatever was asked for. */
  readonly ranges?: boolean;
}

export class FlatContainer {
  readonly #library: Library;
  readonly #options: FlatContainerOptions;
  readonly #lagLeft: Map<string, number>;

  constructor(library: Library, options: FlatContainerOptions) {
    this.#library = library;
    this.#options = options;
    this.#lagLeft = new Map(options.lag);
  }

  async answer(
    { headers }: StandInRequest,
    path: string,
    packages: readonly WorldPackage[],
    history: readonly CatalogEvent[],
  ): Promise<Answer | null> {
    if (!path.startsWith(FLAT_CONTAINER)) return null;
    const rest = path.slice(FLAT_CONTAINER.length);
    if (rest === 'cursor.json') return json({ value: history.at(-1)?.at ?? timeOf(0) }, { 'cache-control': 'no-store' });
    const [id = '', version = '', name = '', ...more] = rest.split('/');
    const one = packages.find((candidate) => encodeURIComponent(lowerNugetId(candidate.name)) === id);
    if (one === undefined || one.noRelease === 'not-found' || one.releases.length === 0 || more.length > 0) return blobNotFound();
    if (version === 'index.json' && name === '') {
      const versions = [...one.releases].sort(byVersion).map((release) => pathVersion(release.version));
      return json({ versions }, { 'cache-control': 'public, max-age=10' });
    }
    const release = one.releases.find((candidate) => pathVersion(candidate.version) === version);
    if (release === undefined) return blobNotFound();
    const left = this.#lagLeft.get(one.name) ?? 0;
    this.#lagLeft.set(one.name, left - 1);
    if (left > 0) return blobNotFound();
    const packed = await this.#library.fileOf(one, release);
    if (packed === null || name !== `${id}.${version}.nupkg`) return blobNotFound();
    return file(packed.bytes, this.#options.ranges === false ? undefined : headers['range'], {
      'cache-control': 'max-age=120',
      'content-md5': createHash('md5').update(packed.bytes).digest('base64'),
      etag: `"0x${packed.sha1.slice(0, 15).toUpperCase()}"`,
      ...(this.#options.ranges === false ? { 'accept-ranges': 'none' } : {}),
    });
  }
}

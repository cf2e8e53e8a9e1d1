/** The package files of the registry, packed when they are first asked for. */
import { createPacker, type Packed } from '../pack.ts';
import type { WorldPackage, WorldRelease } from '../world.ts';

export interface LibraryOptions {
  /** By id: how many files its catalog leaves say it has, beyond those it has. */
  readonly entries?: ReadonlyMap<string, number>;
}

export class Library {
  readonly #packer = createPacker();
  readonly #options: LibraryOptions;

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  /** Null where the registry has lost the file, or never had it. */
  async fileOf(one: WorldPackage, { version, publishedAt, artifacts }: WorldRelease): Promise<Packed | null> {
    const [artifact] = artifacts;
    return artifact === undefined ? null : this.#packer({ name: one.name, version, publishedAt }, artifact);
  }

  /** What is inside, as a leaf has it. */
  entriesOf(one: WorldPackage, release: WorldRelease): object[] {
    const paths = release.artifacts.flatMap(({ files }) => files.map(({ path }) => path));
    const more = Array.from({ length: this.#options.entries?.get(one.name) ?? 0 }, (_, number) => `content/${number}.txt`);
    return [...paths, ...more].map((path) => ({
      '@type': 'PackageEntry',
      compressedLength: 100,
      fullName: path,
      length: 200,
      name: path.slice(path.lastIndexOf('/') + 1),
    }));
  }
}

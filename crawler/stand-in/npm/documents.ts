/** A world's package in npm's words: the document of all versions, full or abbreviated, and its tarballs. */
import { NPM_DEFAULT_REGISTRY } from '../../npm-config.ts';
import { bytesOf, gzipOf, tarOf } from '../pack/containers.ts';
import { createPacker } from '../pack.ts';
import type { WorldArtifact, WorldPackage, WorldRelease } from '../world.ts';
import { createHash } from 'node:crypto';

export interface DocumentOptions {
  /** Documents without dist-tag `latest`, and such whose tag names a version that is not there. */
  readonly withoutTag?: ReadonlySet<string>;
  readonly brokenTag?: ReadonlySet<string>;
  /** Packages from before integrity strings. */
  readonly shasumOnly?: ReadonlySet<string>;
  /** By package: what stands before the path in `dist.tarball`, as old documents have it. */
  readonly tarballBase?: ReadonlyMap<string, string>;
  /** By package: the folder in its tarballs, `package` otherwise; empty for none. */
  readonly folder?: ReadonlyMap<string, string>;
  /** By package: old versions that make its document large. */
  readonly oldVersions?: ReadonlyMap<string, number>;
  /** Fields of a type that nobody expects, as old documents have them. */
  readonly oddFields?: ReadonlySet<string>;
}

interface Tarball {
  readonly bytes: Uint8Array;
  readonly sha1: string;
  readonly sha512: string;
}

export class Documents {
  readonly #options: DocumentOptions;
  readonly #packer = createPacker();
  readonly #made = new WeakMap<WorldArtifact, Promise<Tarball>>();

  constructor(options: DocumentOptions) {
    this.#options = options;
  }

  /** Versions that are there: an unpublished one leaves only its time behind. */
  published(one: WorldPackage): readonly WorldRelease[] {
    return one.releases.filter(({ withdrawn }) => !withdrawn);
  }

  /** What dist-tag `latest` names: what the publisher last gave the tag to. */
  tagOf(one: WorldPackage): string | undefined {
    if (this.#options.withoutTag?.has(one.name) === true) return undefined;
    if (this.#options.brokenTag?.has(one.name) === true) return '99.0.0';
    return one.latest ?? this.published(one).at(-1)?.version;
  }

  /** The document that `Accept` asks for. */
  async whole(one: WorldPackage, form: 'full' | 'abbreviated'): Promise<object> {
    const versions = this.published(one);
    const entries = await Promise.all(
      versions.map(async (release) => [release.version, await this.version(one, release, form)] as const),
    );
    const old = Array.from({ length: this.#options.oldVersions?.get(one.name) ?? 0 }, (_, index) => {
      const version = `0.0.${index + 1}`;
      const dist = { tarball: tarballUrl(NPM_DEFAULT_REGISTRY, one.name, version), shasum: '0'.repeat(40) };
      return [version, { name: one.name, version, dependencies: { ['x'.repeat(900)]: '*' }, dist }] as const;
    });
    const tag = this.tagOf(one);
    const modified = one.releases.at(-1)?.publishedAt ?? '2026-01-01T00:00:00.000Z';
    const common = {
      name: one.name,
      'dist-tags': tag === undefined ? {} : { latest: tag },
      versions: Object.fromEntries([...old, ...entries]),
    };
    if (form === 'abbreviated') return { ...common, modified };
    return {
      _id: one.name,
      _rev: `${one.releases.length}-${digest('md5', Buffer.from(one.name))}`,
      ...common,
      time: {
        created: one.releases[0]?.publishedAt,
        modified,
        ...Object.fromEntries(one.releases.map(({ version, publishedAt }) => [version, publishedAt])),
      },
      maintainers: [{ name: 'a-person', email: 'person@example.org' }],
      readme: `# ${one.name}\n`,
      license: 'MIT',
    };
  }

  async version(one: WorldPackage, release: WorldRelease, form: 'full' | 'abbreviated'): Promise<object> {
    const [artifact] = release.artifacts;
    const manifest = {
      name: one.name,
      version: release.version,
      ...(this.#options.oddFields?.has(one.name) === true
        ? { license: [{ type: 5 }], dependencies: 'none', bin: false, deprecated: false }
        : {}),
      ...(artifact === undefined ? {} : { dist: await this.#dist(one, release, artifact) }),
    };
    if (form === 'abbreviated') return manifest;
    return {
      ...manifest,
      description: release.version.includes('-security') ? 'security holding package' : `An invented package named ${one.name}`,
      _id: `${one.name}@${release.version}`,
      _npmUser: { name: 'a-person', email: 'person@example.org' },
      maintainers: [],
    };
  }

  async tarball(one: WorldPackage, release: WorldRelease, artifact: WorldArtifact): Promise<Tarball> {
    const known = this.#made.get(artifact);
    if (known !== undefined) return known;
    const making = this.#make(one, release, artifact);
    this.#made.set(artifact, making);
    return making;
  }

  async #make(one: WorldPackage, release: WorldRelease, artifact: WorldArtifact): Promise<Tarball> {
    const folder = this.#options.folder?.get(one.name);
    if (folder === undefined)
      return this.#packer({ name: one.name, version: release.version, publishedAt: release.publishedAt }, artifact);
    const files = artifact.files.map((file) => ({
      path: folder === '' ? file.path : `${folder}/${file.path}`,
      content: bytesOf(file),
    }));
    const bytes = gzipOf(await tarOf(files));
    return { bytes, sha1: digest('sha1', bytes), sha512: digest('sha512', bytes) };
  }

  async #dist(one: WorldPackage, release: WorldRelease, artifact: WorldArtifact): Promise<object> {
    const { bytes, sha1, sha512 } = await this.tarball(one, release, artifact);
    const base = this.#options.tarballBase?.get(one.name) ?? NPM_DEFAULT_REGISTRY;
    const common = { tarball: tarballUrl(base, one.name, release.version), shasum: sha1 };
    if (this.#options.shasumOnly?.has(one.name) === true) return common;
    return {
      ...common,
      integrity: `sha512-${Buffer.from(sha512, 'hex').toString('base64')}`,
      fileCount: artifact.files.length + 1,
      unpackedSize: bytes.length * 3,
      signatures: [{ keyid: 'SHA256:invented', sig: 'invented' }],
    };
  }
}

/** `/demo/-/demo-1.0.0.tgz`, and `/@scope/demo/-/demo-1.0.0.tgz` with the slash as it is. */
export function tarballUrl(base: string, name: string, version: string): string {
  return `${base}/${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
}

export function digest(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

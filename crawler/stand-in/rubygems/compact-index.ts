/** The files of the compact index, as rubygems.org writes them: `/versions`, `/info/NAME`, `/names`. */
import { createHash } from 'node:crypto';
import type { JournalEvent } from '../journal.ts';
import type { Packer } from '../pack.ts';
import type { WorldArtifact, WorldPackage, WorldRelease } from '../world.ts';

export interface InfoForm {
  /** 1: without `created_at`, as until June 2026. */
  readonly version: 1 | 2;
  /** Lines by gem that stand among its versions and are none. */
  readonly strays: ReadonlyMap<string, readonly string[]>;
}

/** One version of one platform, which is what an index line speaks of. */
interface Variant {
  readonly release: WorldRelease;
  readonly artifact: WorldArtifact;
  /** `NUMBER` or `NUMBER-PLATFORM`. */
  readonly id: string;
}

export class CompactIndex {
  readonly #packer: Packer;
  readonly #form: InfoForm;

  constructor(packer: Packer, form: InfoForm) {
    this.#packer = packer;
    this.#form = form;
  }

  /** The lines of the versions that can be installed, oldest first; a gem without any has the header alone. */
  async info(one: WorldPackage): Promise<string> {
    const lines: string[] = [];
    for (const variant of variants(one)) {
      if (!variant.release.withdrawn) lines.push(await this.#infoLine(one, variant));
    }
    return ['---', ...lines, ...(this.#form.strays.get(one.name) ?? []), ''].join('\n');
  }

  /**
   * `/versions` as it was begun at the start of a month with the gems of then, each on one line, and went on with one line
   * for each event: first what was yanked in this month, then the journal.
   */
  async versions(gems: readonly WorldPackage[], journal: readonly JournalEvent[], createdAt: string): Promise<string> {
    const lines = [`created_at: ${createdAt}`, '---'];
    const state = new Map(gems.map((one) => [one.name, one]));
    for (const one of gems) {
      const ids = variants(one).flatMap(({ release, id }) => (release.withdrawn ? [] : [id]));
      // A gem that was removed by hand stays in the file with what it had.
      if (one.releases.length === 0) ids.push('0.1.0');
      if (ids.length > 0) lines.push(await this.#versionsLine(one, ids.join(',')));
    }
    for (const one of gems) lines.push(...(await this.#yanked(one)));
    for (const event of journal) {
      const name = event.kind === 'published' ? event.package.name : event.name;
      const before = state.get(name) ?? null;
      if (event.kind === 'published') state.set(name, event.package);
      if (event.kind === 'deleted') state.delete(name);
      if (event.kind !== 'touched') lines.push(...(await this.#events(before, state.get(name) ?? null)));
    }
    return `${lines.join('\n')}\n`;
  }

  /** Pushes and yanks that lead from one state of a gem to the next. */
  async #events(before: WorldPackage | null, after: WorldPackage | null): Promise<string[]> {
    const now = after ?? before;
    if (now === null) return [];
    const shown = (one: WorldPackage | null) =>
      new Set(one === null ? [] : variants(one).flatMap(({ release, id }) => (release.withdrawn ? [] : [id])));
    const [earlier, later] = [shown(before), shown(after)];
    const events = [
      ...[...later].filter((id) => !earlier.has(id)),
      ...[...earlier].filter((id) => !later.has(id)).map((id) => `-${id}`),
    ];
    return Promise.all(events.map((event) => this.#versionsLine(after ?? { ...now, releases: [] }, event)));
  }

  async #yanked(one: WorldPackage): Promise<string[]> {
    const ids = variants(one).flatMap(({ release, id }) => (release.withdrawn ? [id] : []));
    return Promise.all(ids.flatMap((id) => [id, `-${id}`]).map((event) => this.#versionsLine(one, event)));
  }

  async #versionsLine(one: WorldPackage, versions: string): Promise<string> {
    return `${one.name} ${versions} ${md5(await this.info(one))}`;
  }

  async #infoLine(one: WorldPackage, { release, artifact, id }: Variant): Promise<string> {
    const subject = { name: one.name, version: release.version, publishedAt: release.publishedAt };
    const { sha256 } = await this.#packer(subject, artifact);
    const length = one.name.length + release.version.length;
    const requirements = [
      `checksum:${sha256}`,
      ...(length % 2 === 0 ? ['ruby:< 4.1.dev&>= 2.7'] : []),
      ...(length % 3 === 0 ? ['rubygems:>= 3.3.22'] : []),
      // The format grows by keys that readers are to pass over.
      ...(length % 5 === 0 ? ['abi:x86:64'] : []),
      ...(this.#form.version === 2 ? [`created_at:${release.publishedAt}`] : []),
    ];
    const dependencies = length % 4 === 0 ? 'mini_portile2:~> 2.8.2,racc:< 3&>= 1.4' : '';
    return `${id} ${dependencies}|${requirements.join(',')}`;
  }
}

/** The gem as a yank, a push or `gem install` names it. */
export function fullNameOf(one: WorldPackage, release: WorldRelease, artifact: WorldArtifact): string {
  return `${one.name}-${idOf(release, artifact)}`;
}

export function isIndexed(one: WorldPackage): boolean {
  return one.releases.some((release) => !release.withdrawn && release.artifacts.length > 0);
}

function variants(one: WorldPackage): Variant[] {
  return one.releases
    .toSorted((a, b) => (a.publishedAt < b.publishedAt ? -1 : Number(a.publishedAt > b.publishedAt)))
    .flatMap((release) => release.artifacts.map((artifact) => ({ release, artifact, id: idOf(release, artifact) })));
}

function idOf(release: WorldRelease, artifact: WorldArtifact): string {
  return artifact.platform === '' ? release.version : `${release.version}-${artifact.platform}`;
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

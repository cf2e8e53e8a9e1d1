/** What the tests of this adapter share. */
import { handmade, worldOf, type Draft } from '../../stand-in/handmade.ts';
import { rubygemsOrigins, rubygemsStandIn, type RubygemsStandInOptions } from '../../stand-in/rubygems.ts';
import { openSession, type Session } from '../../stand-in/session.ts';
import type { WorldPackage, WorldRelease } from '../../stand-in/world.ts';
import { rubygems } from './index.ts';

export const REPRESENTATIVE = { artifacts: 'representative' } as const;

export async function open(packages: readonly WorldPackage[], options: RubygemsStandInOptions = {}): Promise<Session> {
  return openSession(rubygems, rubygemsStandIn(worldOf(packages), options), rubygemsOrigins);
}

/** A gem whose files are named as given: `1.0` or `1.0-java`. */
export function gem(
  name: string,
  releases: readonly (string | Draft)[] = ['1.0'],
  state: Partial<WorldPackage> = {},
): WorldPackage {
  const one = handmade('rubygems', name, releases, state);
  const platformOf = (filename: string, version: string) =>
    filename.slice(`${name}-${version}`.length, -'.gem'.length).replace(/^-/, '');
  const withPlatforms = (release: WorldRelease): WorldRelease => {
    const artifacts = release.artifacts.map(({ kind, filename, files }) => {
      return { kind, filename, files, platform: platformOf(filename, release.version) };
    });
    return { ...release, artifacts };
  };
  return { ...one, releases: one.releases.map(withPlatforms) };
}

export function platforms(name: string, version: string, list: readonly string[], more: Partial<Draft> = {}): Draft {
  return { version, files: list.map((platform) => `${name}-${version}${platform === '' ? '' : `-${platform}`}.gem`), ...more };
}

export async function list(session: Session, cursor: string | null = null) {
  const pages = await Array.fromAsync(rubygems.names(cursor, session.io));
  return { pages, names: pages.flatMap((page) => page.names.map(({ name }) => name)), cursor: pages.at(-1)?.cursor ?? '' };
}

export async function moved(session: Session, cursor: string) {
  const pages = await Array.fromAsync(rubygems.changes(cursor, session.io));
  return {
    pages,
    touched: pages.flatMap((page) => page.touched.map(({ name }) => name)),
    relist: pages.find((page) => page.relist !== null)?.relist ?? null,
    cursor: pages.at(-1)?.cursor ?? cursor,
  };
}

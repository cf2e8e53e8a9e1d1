/**
 * The newest release of a project.
 *
 * `/pypi/<name>/json` names it: `urls` are the files of the release that PyPI itself calls latest. That answer carries all
 * files of all versions and the whole readme, so it is read up to a cap; above it, and wherever the JSON API knows nothing,
 * the project's page of the simple API is read as a stream and the same order is applied here.
 */
import { z } from 'zod';
import type { Artifact, NoRelease, NoReleaseReason, Release } from '../../../data/model.ts';
import { Gone, Malformed, TooLarge } from '../../errors.ts';
import type { LatestOptions, RegistryIo } from '../../registry.ts';
import { kindOf, representatives, sha256Of, versionOf } from './file.ts';
import { normalise } from './name.ts';
import { simpleAsk, simplePieces, textField } from './simple.ts';
import { byPreference, isPrerelease } from './version.ts';

/** Projects with thousands of files reach tens of megabytes; nearly all others stay below one. */
const MAX_PROJECT = 8 * 1024 * 1024;
const MAX_PAGE = 256 * 1024 * 1024;

export async function latest(name: string, io: RegistryIo, options: LatestOptions): Promise<Release | NoRelease> {
  const project = { name, key: normalise(name) };
  if (options.version !== undefined) return exactly(project, options.version, io, options);
  const named = await fromJsonApi(project, io, options);
  return typeof named === 'string' ? fromSimpleApi(project, io, options, named) : named;
}

interface Project {
  readonly name: string;
  readonly key: string;
}

const fileSchema = z.object({
  filename: z.string().min(1),
  url: z.string().min(1),
  packagetype: z.string().optional(),
  size: z.number().int().nonnegative().nullish().catch(null),
  digests: z.object({ sha256: z.string() }).optional().catch(undefined),
  hashes: z.object({ sha256: z.string() }).optional().catch(undefined),
  upload_time_iso_8601: z.string().nullish().catch(null),
  'upload-time': z.string().nullish().catch(null),
  /** `false`, `true` or the reason; an empty reason is one. */
  yanked: z.union([z.boolean(), z.string()]).optional().catch(false),
});
type File = z.infer<typeof fileSchema>;

const projectSchema = z.object({
  info: z.object({ version: z.string().min(1) }),
  urls: z.array(z.unknown()),
});

/** One release, by the JSON API: its files, yanked ones included. */
async function exactly(project: Project, version: string, io: RegistryIo, options: LatestOptions): Promise<Release | NoRelease> {
  const url = `${io.origin('index')}/pypi/${project.key}/${encodeURIComponent(version)}/json`;
  try {
    const { body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_PROJECT });
    const parsed = projectSchema.safeParse(body);
    if (!parsed.success) throw new Malformed(`expected info.version and urls in ${url}; is this PyPI's JSON API?`, { url });
    const files = readFiles(parsed.data.urls, io).map((file) => ({ ...file, yanked: false }));
    if (files.length === 0) return none(project, 'no-artifact', `${version} has no files`);
    return released(project, parsed.data.info.version, files, url, io, options, []);
  } catch (error) {
    if (error instanceof Gone) return none(project, 'no-release', `there is no version ${version}, or no such project`);
    throw error;
  }
}

/** The release, why there is none, or a sentence that says why the simple API has to be asked. */
async function fromJsonApi(project: Project, io: RegistryIo, options: LatestOptions): Promise<Release | NoRelease | string> {
  const url = `${io.origin('index')}/pypi/${project.key}/json`;
  let body: unknown;
  try {
    ({ body } = await io.json(url, { accept: 'application/json', maxBytes: MAX_PROJECT }));
  } catch (error) {
    if (error instanceof TooLarge) return 'the JSON API answers more than this program reads';
    // Unknown, quarantined and release-less projects all get this answer, and so may a new one for some minutes.
    if (error instanceof Gone) return 'the JSON API does not know the project';
    throw error;
  }
  const parsed = projectSchema.safeParse(body);
  if (!parsed.success) throw new Malformed(`expected info.version and urls in ${url}; is this PyPI's JSON API?`, { url });
  const files = readFiles(parsed.data.urls, io);
  if (files.length === 0) return 'the newest release has no files';
  if (files.every(isYanked)) return none(project, 'all-yanked', `the newest choice, ${parsed.data.info.version}, is yanked`);
  return released(project, parsed.data.info.version, files, url, io, options, []);
}

async function fromSimpleApi(
  project: Project,
  io: RegistryIo,
  options: LatestOptions,
  note: string,
): Promise<Release | NoRelease> {
  const url = `${io.origin('index')}/simple/${project.key}/`;
  let reply;
  try {
    reply = await io.stream(url, simpleAsk({ maxBytes: MAX_PAGE }));
  } catch (error) {
    if (error instanceof Gone) return none(project, 'not-found', `status ${error.status ?? 404}`);
    throw error;
  }
  const newest = new Newest(project.key);
  let versions = 0;
  let status = 'active';
  for await (const piece of simplePieces(reply, 'files')) {
    if (piece.kind === 'skipped') io.drop(piece.reason);
    else if (piece.kind === 'entry') newest.offer(readFiles([piece.value], io));
    else if (piece.name === 'versions') versions = Array.isArray(piece.value) ? piece.value.length : 0;
    else if (piece.name === 'project-status') status = textField(piece.value, 'status') ?? status;
  }
  if (status === 'quarantined') return none(project, 'quarantined', 'project-status quarantined');
  if (newest.version === null) {
    return versions > 0 ? none(project, 'no-artifact', `${versions} versions without files`) : none(project, 'no-release', note);
  }
  if (newest.files.every(isYanked)) return none(project, 'all-yanked', `the newest choice, ${newest.version}, is yanked`);
  const notes = [note, ...(status === 'active' ? [] : [`project-status ${status}`])];
  return released(project, newest.version, newest.files, reply.url, io, options, notes);
}

/** Holds the files of the best version so far, while the files of all versions pass by. */
class Newest {
  readonly #key: string;
  version: string | null = null;
  files: File[] = [];

  constructor(key: string) {
    this.#key = key;
  }

  offer(files: readonly File[]): void {
    for (const file of files) {
      const version = versionOf(file.filename, this.#key);
      if (version === null) continue;
      const order = this.version === null ? -1 : byPreference(offered(version, file), this.#held(this.version));
      if (order < 0) this.files = [];
      if (order <= 0) {
        this.version = version;
        this.files.push(file);
      }
    }
  }

  #held(version: string): { readonly version: string; readonly yanked: boolean } {
    return { version, yanked: this.files.every(isYanked) };
  }
}

function offered(version: string, file: File): { readonly version: string; readonly yanked: boolean } {
  return { version, yanked: isYanked(file) };
}

function released(
  project: Project,
  version: string,
  files: readonly File[],
  page: string,
  io: RegistryIo,
  options: LatestOptions,
  notes: readonly string[],
): Release | NoRelease {
  const artifacts = files.filter((file) => !isYanked(file)).flatMap((file) => toArtifact(file, page, io));
  const chosen = options.artifacts === 'all' ? artifacts : representatives(artifacts);
  if (chosen.length === 0) return none(project, 'no-artifact', `${version} has no file on the registry's own hosts`);
  const times = files.flatMap((file) => uploadTime(file)).sort();
  return {
    registry: 'pypi',
    name: project.name,
    version,
    prerelease: isPrerelease(version),
    publishedAt: times[0] ?? null,
    artifacts: chosen,
    notes,
  };
}

/** A file on a host that is not the index's own is left out: nobody told us that it may be asked. */
function toArtifact(file: File, page: string, io: RegistryIo): Artifact[] {
  const url = URL.canParse(file.url, page) ? io.rebase(new URL(file.url, page).href) : '';
  if (!['files', 'index'].some((role) => url.startsWith(`${io.origin(role)}/`))) {
    io.drop('foreign-file-host');
    return [];
  }
  return [
    {
      filename: file.filename,
      url,
      kind: kindOf(file.filename, file.packagetype),
      bytes: file.size ?? null,
      digest: sha256Of(file.digests?.sha256 ?? file.hashes?.sha256),
    },
  ];
}

function readFiles(values: readonly unknown[], io: RegistryIo): File[] {
  return values.flatMap((value) => {
    const parsed = fileSchema.safeParse(value);
    if (parsed.success) return [parsed.data];
    io.drop('file-not-understood');
    return [];
  });
}

function isYanked(file: File): boolean {
  return file.yanked !== undefined && file.yanked !== false;
}

function uploadTime(file: File): string[] {
  const time = file.upload_time_iso_8601 ?? file['upload-time'];
  const at = typeof time === 'string' ? new Date(time) : null;
  return at === null || Number.isNaN(at.getTime()) ? [] : [at.toISOString()];
}

function none(project: Project, reason: NoReleaseReason, detail: string): NoRelease {
  return { registry: 'pypi', name: project.name, reason, detail };
}

/**
 * `specs.4.8.gz` and `prerelease_specs.4.8.gz`: the index that `gem generate_index` writes into a folder, for gem servers of
 * one's own that have no compact index. All versions of all gems, without times, sizes or digests.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Gone, Malformed } from '../../errors.ts';
import type { RegistryIo } from '../../registry.ts';
import { isGemVersion } from '../../versions/rubygems.ts';
import type { GemVersion } from './info.ts';
import { readMarshal, type MarshalValue } from './marshal.ts';

export interface Specs {
  readonly gems: ReadonlyMap<string, readonly GemVersion[]>;
  /** Tells one state of the index from another. */
  readonly digest: string;
  /** Of each file, what its server tells its states apart by. */
  readonly marks: readonly (string | null)[];
  /** Rows that are no versions. */
  readonly dropped: number;
}

const FILES = ['specs.4.8.gz', 'prerelease_specs.4.8.gz'] as const;
/** rubygems.org's own would have some 40 MB; servers of one's own have less. */
const MAX_BYTES = 256 * 1024 * 1024;

const inflated = promisify(gunzip);

/** Both files read. Gone where the server has no such index either. */
export async function readSpecs(io: RegistryIo): Promise<Specs> {
  const hash = createHash('sha256');
  const gems = new Map<string, GemVersion[]>();
  const marks: (string | null)[] = [];
  let dropped = 0;
  for (const file of FILES) {
    const url = `${io.origin('index')}/${file}`;
    const { bytes, mark } = await fetched(url, io);
    hash.update(bytes);
    marks.push(mark);
    for (const row of rowsOf(bytes, url)) {
      const version = versionOf(row);
      const siblings = version === null ? undefined : gems.get(version.name);
      if (version === null) dropped += 1;
      else if (siblings === undefined) gems.set(version.name, [version]);
      else siblings.push(version);
    }
  }
  return { gems, digest: hash.digest('hex'), marks, dropped };
}

/** By run, which is what a signal stands for: every package has an `io` of its own, and one index serves them all. */
const kept = new WeakMap<AbortSignal, Map<string, Promise<Specs | null>>>();

/**
 * The index of a server without a compact index; null for one that has a compact index, which says by 404 that it does not know
 * a gem. Read anew only when the server says that it is another than before.
 */
export async function staticIndex(io: RegistryIo): Promise<Specs | null> {
  const ofRun = kept.get(io.signal) ?? new Map<string, Promise<Specs | null>>();
  kept.set(io.signal, ofRun);
  const origin = io.origin('index');
  const reading = current(ofRun.get(origin), io);
  ofRun.set(origin, reading);
  try {
    return await reading;
  } catch (error) {
    if (ofRun.get(origin) === reading) ofRun.delete(origin);
    throw error;
  }
}

/** `known`: what an earlier question was answered with, which may still be on its way. */
async function current(known: Promise<Specs | null> | undefined, io: RegistryIo): Promise<Specs | null> {
  const before = await known?.catch(() => undefined);
  if (before === undefined) return (await hasCompactIndex(io)) ? null : readSpecs(io);
  return before === null || (await isUnchanged(before, io)) ? before : readSpecs(io);
}

async function isUnchanged({ marks }: Specs, io: RegistryIo): Promise<boolean> {
  for (const [index, file] of FILES.entries()) {
    const { headers } = await io.text(`${io.origin('index')}/${file}`, { accept: '*/*', method: 'HEAD' });
    const mark = markOf(headers);
    if (mark === null || mark !== marks[index]) return false;
  }
  return true;
}

/** What tells one state of a file from another; null where the server says nothing of the kind. */
function markOf(headers: Readonly<Record<string, string>>): string | null {
  return headers['etag'] ?? headers['last-modified'] ?? null;
}

async function hasCompactIndex(io: RegistryIo): Promise<boolean> {
  try {
    await io.text(`${io.origin('index')}/versions`, { method: 'HEAD' });
    return true;
  } catch (error) {
    if (error instanceof Gone) return false;
    throw error;
  }
}

async function fetched(url: string, io: RegistryIo): Promise<{ readonly bytes: Buffer; readonly mark: string | null }> {
  const reply = await io.stream(url, { accept: '*/*', maxBytes: MAX_BYTES });
  const bytes = Buffer.concat(await Array.fromAsync(reply.body));
  const mark = markOf(reply.headers);
  // A server that takes the name's ending for a transfer coding has had it undone already.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { bytes, mark };
  try {
    return { bytes: await inflated(bytes, { maxOutputLength: MAX_BYTES }), mark };
  } catch (error) {
    throw new Malformed(`expected a gzip of at most ${MAX_BYTES} bytes from ${url}`, { url, cause: error });
  }
}

function rowsOf(bytes: Buffer, url: string): readonly MarshalValue[] {
  let value: MarshalValue;
  try {
    value = readMarshal(bytes);
  } catch (error) {
    throw new Malformed(`expected a list of gems in Ruby's Marshal format from ${url}`, { url, cause: error });
  }
  if (!isList(value)) throw new Malformed(`expected a list of gems from ${url}`, { url });
  return value;
}

/** A row is `[name, Gem::Version, platform]`. */
function versionOf(row: MarshalValue): (GemVersion & { readonly name: string }) | null {
  if (!isList(row) || row.length !== 3) return null;
  const [name, version, platform] = row;
  if (typeof name !== 'string' || typeof version !== 'object' || version === null || !('class' in version)) return null;
  const number = isList(version.value) ? version.value[0] : null;
  if (typeof number !== 'string' || !isGemVersion(number)) return null;
  if (typeof platform !== 'string' || !/^[\w.-]+$/.test(platform)) return null;
  return { name, number, platform, sha256: null, createdAt: null };
}

function isList(value: MarshalValue): value is readonly MarshalValue[] {
  return Array.isArray(value);
}

/**
 * `/versions` of the compact index (guides.rubygems.org, "Compact Index API"): every gem with its versions, one event a line,
 * appended to for a month and then written anew.
 *
 * A place in the file is a byte offset with the last bytes before it. Whoever comes back asks for those bytes again with
 * what follows: the range is never empty, and a file that was written anew shows itself by other bytes.
 */
import { createHash } from 'node:crypto';
import { Malformed } from '../../errors.ts';
import type { Reply, RegistryIo } from '../../registry.ts';

export interface Mark {
  /** Bytes of whole lines read so far. */
  readonly offset: number;
  /** The last of them, base64. */
  readonly tail: string;
  readonly etag: string | null;
}

/** How many bytes are asked for twice. */
const OVERLAP = 32;
/** The file had some 22 MB in 2026. */
const MAX_FILE = 1024 * 1024 * 1024;
/** A gem with ten thousand versions stays below; a longer line is no line. */
const MAX_LINE = 4 * 1024 * 1024;
const MAX_HEADER = 64 * 1024;

export type Opening =
  | { readonly state: 'not-modified' }
  /** What stands before the mark is not what stood there; says how that showed. */
  | { readonly state: 'rewritten'; readonly reason: string }
  | { readonly state: 'open'; readonly file: VersionsFile };

/** Opens the file at its start. */
export async function openVersions(io: RegistryIo): Promise<VersionsFile> {
  const reply = await io.stream(url(io), { accept: 'text/plain', maxBytes: MAX_FILE });
  return new VersionsFile(reply, { offset: 0, tail: '', etag: null });
}

/** Opens the file behind a mark. `ifChanged`: not at all where the file still has the mark's entity tag. */
export async function openVersionsAt(
  mark: Mark,
  io: RegistryIo,
  { ifChanged }: { readonly ifChanged: boolean },
): Promise<Opening> {
  const tail = Buffer.from(mark.tail, 'base64');
  const start = mark.offset - tail.length;
  let reply: Reply<AsyncIterable<Uint8Array>>;
  try {
    const condition = ifChanged && mark.etag !== null ? { etag: mark.etag } : {};
    reply = await io.stream(url(io), { accept: 'text/plain', maxBytes: MAX_FILE, range: { start }, ...condition });
  } catch (error) {
    if (error instanceof Malformed && error.status === 416) {
      return { state: 'rewritten', reason: `the file is now shorter than the ${mark.offset} bytes read so far` };
    }
    throw error;
  }
  if (reply.status === 304) return { state: 'not-modified' };
  const bytes = reply.body[Symbol.asyncIterator]();
  // A server that knows no ranges answers 200 with the whole file.
  const before = await take(bytes, tail.length, reply.status === 206 ? 0 : start);
  if (!before.taken.equals(tail)) {
    await bytes.return?.();
    return { state: 'rewritten', reason: `the bytes before ${mark.offset} are no longer the same` };
  }
  const body = joined(before.rest, bytes);
  return { state: 'open', file: new VersionsFile({ ...reply, body }, mark) };
}

/** The lines of the file, and the mark behind those read so far. */
export class VersionsFile {
  readonly #reply: Reply<AsyncIterable<Uint8Array>>;
  readonly #start: number;
  readonly #etag: string | null;
  #offset: number;
  #tail: Buffer;

  constructor(reply: Reply<AsyncIterable<Uint8Array>>, from: Mark) {
    this.#reply = reply;
    this.#start = from.offset;
    this.#offset = from.offset;
    this.#tail = Buffer.from(from.tail, 'base64');
    this.#etag = reply.headers['etag'] ?? null;
  }

  mark(): Mark {
    return { offset: this.#offset, tail: this.#tail.toString('base64'), etag: this.#etag };
  }

  /** Bytes were read beyond those of the mark it was opened at. */
  get moved(): boolean {
    return this.#offset > this.#start;
  }

  /**
   * The lines below the header; null for one that is too long. A last line without its end is given too but not passed by
   * the mark, so it is read again. At the end of a file read from its start, throws `Malformed` where the bytes are not
   * those of its `Repr-Digest`.
   */
  async *lines(): AsyncGenerator<string | null> {
    const digest = this.#start === 0 ? reprDigest(this.#reply.headers) : null;
    const hash = createHash('sha256');
    let inHeader = this.#start === 0;
    let pending: Uint8Array = new Uint8Array();
    // Bytes of the line that were not kept, because no line is that long.
    let left = 0;
    for await (const chunk of this.#reply.body) {
      if (digest !== null) hash.update(chunk);
      const data = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      let from = 0;
      for (let end = data.indexOf(0x0a, pending.length); end !== -1; end = data.indexOf(0x0a, from)) {
        const line = data.subarray(from, end + 1);
        this.#pass(line, left + line.length);
        if (inHeader) inHeader = this.#isHeader(line);
        else yield left > 0 ? null : textOf(line.subarray(0, -1));
        left = 0;
        from = end + 1;
      }
      pending = data.subarray(from);
      if (inHeader && pending.length > MAX_HEADER) throw this.#noIndex();
      if (pending.length > MAX_LINE) {
        left += pending.length - OVERLAP;
        pending = pending.subarray(-OVERLAP);
      }
    }
    if (inHeader) throw this.#noIndex();
    if (digest !== null && hash.digest('base64') !== digest) {
      throw new Malformed('the bytes of /versions are not those of its Repr-Digest; they were changed on the way', this.#reply);
    }
    if (pending.length > 0) yield left > 0 ? null : textOf(pending);
  }

  #pass(line: Uint8Array, bytes: number): void {
    this.#offset += bytes;
    this.#tail = Buffer.concat([this.#tail, line.subarray(-OVERLAP)]).subarray(-OVERLAP);
  }

  /** Whether the header goes on behind this line. */
  #isHeader(line: Uint8Array): boolean {
    if (textOf(line) === '---\n') return false;
    if (this.#offset > MAX_HEADER) throw this.#noIndex();
    return true;
  }

  #noIndex(): Malformed {
    return new Malformed(
      'expected a compact index, whose header ends with a line of three dashes; is this a gem server?',
      this.#reply,
    );
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function url(io: RegistryIo): string {
  return `${io.origin('index')}/versions`;
}

/** The SHA-256 of the whole file, base64; null where none is given that can be read. Some proxies quote it, older servers say `Digest`. */
function reprDigest(headers: Readonly<Record<string, string>>): string | null {
  const field = headers['repr-digest'] ?? headers['digest'] ?? '';
  return /(?:^|[,\s])sha-256=[:"]?([A-Za-z0-9+/]{43}=)/i.exec(field)?.[1] ?? null;
}

/** The next `count` bytes behind `skip` others, and what came with them in the same chunk. */
async function take(
  bytes: AsyncIterator<Uint8Array>,
  count: number,
  skip: number,
): Promise<{ readonly taken: Buffer; readonly rest: Uint8Array }> {
  const taken: Uint8Array[] = [];
  let missing = count;
  let toSkip = skip;
  while (missing > 0 || toSkip > 0) {
    const next = await bytes.next();
    if (next.done === true) break;
    const behind = next.value.subarray(Math.min(toSkip, next.value.length));
    toSkip -= next.value.length - behind.length;
    taken.push(behind.subarray(0, missing));
    if (behind.length >= missing && toSkip === 0) return { taken: Buffer.concat(taken), rest: behind.subarray(missing) };
    missing -= Math.min(missing, behind.length);
  }
  return { taken: Buffer.concat(taken), rest: new Uint8Array() };
}

async function* joined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  try {
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

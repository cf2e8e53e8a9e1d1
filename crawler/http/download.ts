/** Artifacts: into memory, whole, and the very bytes that the registry published. */
import { createHash, type Hash } from 'node:crypto';
import type { Artifact } from '../../data/model.ts';
import { DigestMismatch, Malformed, TooLarge, Unavailable } from '../errors.ts';
import { parse } from './origins.ts';
import { follow, type Answer, type RequestContext, type Wanted } from './request.ts';

export interface Download {
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
  /** True where the registry publishes a digest, and the bytes have it. */
  readonly verified: boolean;
}

interface Options {
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export async function download(outer: RequestContext, artifact: Artifact, { maxBytes, signal }: Options): Promise<Download> {
  const context =
    signal === undefined || signal === outer.signal ? outer : { ...outer, signal: AbortSignal.any([outer.signal, signal]) };
  if (artifact.bytes !== null && artifact.bytes > maxBytes) {
    throw new TooLarge(`${artifact.filename} has ${artifact.bytes} bytes, above the limit of ${maxBytes}`, { url: artifact.url });
  }
  const url = parse(artifact.url);
  const held = new Held(artifact, maxBytes);
  return context.gates.retrying(url.host, context.signal, async () => {
    try {
      await follow(context, url, held.ask(), (answer) => held.read(answer));
    } catch (error) {
      throw held.hasNoMore(error) ?? error;
    }
    return held.finish();
  });
}

/** What has arrived so far, over all tries. */
class Held {
  readonly #artifact: Artifact;
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #hashes: Hashes;
  /** What names this very version of the file for a later range: a strong ETag. Null where the host gives none. */
  #validator: string | null = null;
  #fresh = false;
  constructor(artifact: Artifact, maxBytes: number) {
    this.#artifact = artifact;
    this.#maxBytes = maxBytes;
    this.#hashes = hashesFor(artifact);
  }

  ask(): Wanted {
    const canResume = this.#bytes > 0 && this.#validator !== null;
    if (!canResume) this.#clear();
    return {
      accept: '*/*',
      // A file that is itself compressed is compared with its digest as it is.
      decompress: false,
      maxBytes: this.#maxBytes,
      headers: {
        ...(canResume && this.#validator !== null ? { 'if-range': this.#validator } : {}),
        // After a wrong digest a cache on the way may hold the wrong bytes.
        ...(this.#fresh ? { 'cache-control': 'no-cache' } : {}),
      },
      ...(canResume ? { range: { start: this.#bytes } } : {}),
    };
  }

  async read(answer: Answer): Promise<void> {
    const continues = answer.status === 206 && contentStart(answer) === this.#bytes;
    if (!continues) this.#clear();
    if (answer.status === 206 && !continues) {
      this.#validator = null;
      throw new DigestMismatch(`${this.#artifact.filename}: the host sent another part than the one asked for`, {
        url: answer.url,
      });
    }
    const etag = answer.headers['etag'];
    const isRangeable = answer.status === 206 || /\bbytes\b/.test(answer.headers['accept-ranges'] ?? '');
    this.#validator = etag !== undefined && etag.startsWith('"') && isRangeable ? etag : null;
    for await (const piece of answer.pieces) {
      this.#bytes += piece.byteLength;
      if (this.#bytes > this.#maxBytes) {
        throw new TooLarge(`${this.#artifact.filename} has more than ${this.#maxBytes} bytes`, { url: answer.url });
      }
      this.#pieces.push(piece);
      this.#hashes.sha256.update(piece);
      this.#hashes.published?.update(piece);
    }
  }

  /**
   * What stands in place of a 416: the host has nothing behind the part that is held, though it broke off there, so what is
   * held may be too much as well. The next try is from the start.
   */
  hasNoMore(error: unknown): Unavailable | null {
    if (!(error instanceof Malformed) || error.status !== 416 || this.#bytes === 0) return null;
    const message = `${this.#artifact.filename} broke off after ${this.#bytes} bytes, and the host has no more (416)`;
    this.#clear();
    return new Unavailable(message, { url: this.#artifact.url, status: 416 });
  }

  finish(): Download {
    const { digest, filename, url, bytes } = this.#artifact;
    const sha256 = this.#hashes.sha256.copy().digest('hex');
    const published = digest === null ? null : digest.algorithm === 'sha256' ? sha256 : this.#hashes.published?.digest('hex');
    if (digest !== null && published !== digest.hex.toLowerCase()) {
      throw this.#mismatch(`${filename}: the ${digest.algorithm} of its ${this.#bytes} bytes is not the published one`, url);
    }
    if (digest === null && bytes !== null && bytes !== this.#bytes) {
      throw this.#mismatch(`${filename}: expected ${bytes} bytes, got ${this.#bytes}`, url);
    }
    const whole = Buffer.concat(this.#pieces, this.#bytes);
    return { bytes: whole, sha256, verified: digest !== null };
  }

  #mismatch(message: string, url: string): DigestMismatch {
    this.#clear();
    this.#fresh = true;
    return new DigestMismatch(message, { url });
  }

  #clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#hashes = hashesFor(this.#artifact);
  }
}

interface Hashes {
  readonly sha256: Hash;
  /** The published algorithm where it is another one. */
  readonly published: Hash | null;
}

function hashesFor(artifact: Artifact): Hashes {
  const algorithm = artifact.digest?.algorithm ?? 'sha256';
  return { sha256: createHash('sha256'), published: algorithm === 'sha256' ? null : createHash(algorithm) };
}

function contentStart(answer: Answer): number | null {
  const match = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '');
  return match === null ? null : Number(match[1]);
}

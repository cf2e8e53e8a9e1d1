import { PartReader, take, UntilReader, type Reader } from '../reader.ts';
import { showName } from '../names.ts';
import { BLOCK, readTarHeader, upToNul, type TarHeader } from './header.ts';
import { inside, type At, type Walker } from '../walker.ts';
import { rangeSource } from '../source.ts';

/** What extended headers say about the member that follows them. */
interface Extensions {
  name: Uint8Array | null;
  size: number | null;
}

/**
 * A tar: ustar, PAX, GNU long names, sparse files as they are stored. It goes on behind bad headers, behind its own end
 * (concatenated tars) and to the last byte of a truncated one.
 */
export async function readTar(reader: Reader, at: At, walker: Walker): Promise<void> {
  const tar = new TarReader(reader, at, walker);
  await tar.read();
}

class TarReader {
  readonly #reader: Reader;
  readonly #at: At;
  readonly #walker: Walker;
  /** Bytes from the start of the tar. */
  #position = 0;
  #global: Extensions = { name: null, size: null };
  #next: Extensions = { name: null, size: null };
  #sawEnd = false;

  constructor(reader: Reader, at: At, walker: Walker) {
    this.#reader = reader;
    this.#at = at;
    this.#walker = walker;
  }

  async read(): Promise<void> {
    const reader = this.#reader;
    for (;;) {
      if (reader.available < BLOCK && !(await reader.fill(BLOCK))) break;
      const block = reader.peek(BLOCK);
      const header = readTarHeader(block);
      if (header) {
        this.#skip(BLOCK);
        await this.#member(header);
      } else if (block.every((byte) => byte === 0)) {
        this.#sawEnd = true;
        this.#skip(BLOCK);
        const pause = this.#walker.budget.spend(BLOCK);
        if (pause) await pause;
      } else {
        await this.#resync();
      }
    }
    await this.#end();
  }

  #skip(bytes: number): void {
    this.#reader.skip(bytes);
    this.#position += bytes;
  }

  async #end(): Promise<void> {
    const { available, problem } = this.#reader;
    if (problem) return;
    if (available > 0 && this.#reader.peek().some((byte) => byte !== 0)) {
      await this.#walker.deliver(this.#reader, [...this.#at.path, `(bytes at ${this.#position})`], available);
    }
    if (!this.#sawEnd) this.#reportNoEnd();
  }

  /** Within a compression or another archive, whose own end was seen, this is how some writers close a tar. */
  #reportNoEnd(): void {
    const detail = 'the tar ends without the empty blocks that close a tar';
    if (this.#at.unpacked || this.#at.depth > 0) this.#walker.noted(this.#at.path, 'no-end', detail);
    else this.#walker.skipped(this.#at.path, 'truncated', `${detail}; files may be missing`);
  }

  #report(reason: string, detail: string, name?: string): void {
    this.#walker.skipped(name === undefined ? this.#at.path : [...this.#at.path, name], reason, detail);
  }

  async #member(header: TarHeader): Promise<void> {
    this.#sawEnd = false;
    switch (header.type) {
      case 'x':
      case 'X':
        return this.#extended(header, this.#next);
      case 'g':
        return this.#extended(header, this.#global);
      case 'L':
        return this.#longName(header);
      case 'K':
        return this.#body(header.size, null);
      case 'S':
        await this.#sparseMap(header);
        return this.#file(header);
      default:
        return this.#file(header);
    }
  }

  async #file(header: TarHeader): Promise<void> {
    const nameBytes = this.#next.name ?? this.#global.name ?? header.name;
    const size = this.#next.size ?? this.#global.size ?? header.size;
    this.#next = { name: null, size: null };
    const { name, shortened } = showName(nameBytes, this.#walker.budget.limits.nameBytes);
    if (shortened)
      this.#walker.noted([...this.#at.path, name], 'limit-name', `the name has ${nameBytes.length} bytes and is shown shortened`);
    const pause = this.#walker.budget.enter();
    if (pause) await pause;
    const kind = kindOf(header.type, nameBytes, size);
    if (kind !== 'file') this.#walker.counted(kind);
    if (kind === 'file') return this.#body(size, name);
    // A link or a folder has no bytes of its own; some writers state a size all the same, some do store bytes.
    if (size === 0 || (await this.#headerFollows())) return;
    await this.#body(size, name);
  }

  async #headerFollows(): Promise<boolean> {
    if (!(await this.#reader.fill(BLOCK))) return true;
    const block = this.#reader.peek(BLOCK);
    return readTarHeader(block) !== null || block.every((byte) => byte === 0);
  }

  /** The map of an old GNU sparse file goes on in blocks of its own; the data behind it holds the parts that are no holes. */
  async #sparseMap(header: TarHeader): Promise<void> {
    for (let more = header.sparseMapGoesOn; more;) {
      const block = await take(this.#reader, BLOCK);
      if (!block) return;
      this.#position += BLOCK;
      more = block[504] !== 0;
    }
  }

  /** The bytes of a member and the padding behind them; delivered under `name`, or passed over where it is null. */
  async #body(size: number, name: string | null): Promise<void> {
    const part = new PartReader(this.#reader, size);
    if (name !== null) {
      const source = this.#at.source ? rangeSource(this.#at.source, this.#position, size) : null;
      await this.#walker.member(part, { ...inside(this.#at, name, size, source), inEnvelope: this.#isEnvelope() });
    }
    if (part.left > 0) await this.#walker.drain(part);
    this.#position += size - part.left;
    if (part.left > 0) {
      if (!this.#reader.problem) {
        this.#report('truncated', `${part.left} of ${size} bytes are missing at the end`, name ?? undefined);
        this.#sawEnd = true;
      }
      return;
    }
    await this.#padding((BLOCK - (size % BLOCK)) % BLOCK);
  }

  #isEnvelope(): boolean {
    return this.#at.depth === 0 && !this.#at.unpacked;
  }

  async #padding(length: number): Promise<void> {
    if (length === 0) return;
    if (this.#reader.available < length) await this.#reader.fill(length);
    this.#skip(Math.min(length, this.#reader.available));
  }

  async #longName(header: TarHeader): Promise<void> {
    const bytes = await this.#metadata(header.size);
    if (bytes) this.#next.name = upToNul(bytes);
  }

  async #extended(header: TarHeader, into: Extensions): Promise<void> {
    const bytes = await this.#metadata(header.size);
    if (!bytes) return;
    const records = readPaxRecords(bytes);
    const name = records.get('GNU.sparse.name') ?? records.get('path');
    if (name) into.name = name;
    const size = Number(Buffer.from(records.get('size') ?? []).toString('latin1'));
    if (records.has('size') && Number.isSafeInteger(size) && size >= 0) into.size = size;
  }

  async #metadata(size: number): Promise<Uint8Array | null> {
    const { metadataBytes } = this.#walker.budget.limits;
    if (size > metadataBytes) {
      this.#report('limit-metadata', `an extended header has ${size} bytes, over ${metadataBytes}; it was passed over`);
      await this.#body(size, null);
      return null;
    }
    const bytes = await take(this.#reader, size);
    if (!bytes) return null;
    this.#position += size;
    await this.#padding((BLOCK - (size % BLOCK)) % BLOCK);
    return bytes;
  }

  /** Goes from block to block to the next header; what lies between is delivered as it is. */
  async #resync(): Promise<void> {
    const from = this.#position;
    this.#report(
      'corrupt',
      `no tar header at byte ${from}, where one was expected; the bytes up to the next one were searched as they are`,
    );
    const lost = lostBlocks(this.#reader);
    await this.#walker.deliver(lost, [...this.#at.path, `(bytes at ${from})`], null);
    await this.#walker.drain(lost);
    this.#position += lost.passed;
    this.#sawEnd = true;
  }
}

/** The blocks up to the next one that is a header. */
function lostBlocks(reader: Reader): UntilReader {
  return new UntilReader(reader, BLOCK, (view, known, isFirst) => {
    // The block that began this is no header, whatever it looks like.
    let at = isFirst ? Math.max(known, BLOCK) : known;
    while (at + BLOCK <= view.length && readTarHeader(view.subarray(at, at + BLOCK)) === null) at += BLOCK;
    return at;
  });
}

function kindOf(type: string, name: Uint8Array, size: number): 'file' | 'folders' | 'links' | 'devices' {
  switch (type) {
    case '1':
    case '2':
      return 'links';
    case '3':
    case '4':
    case '6':
      return 'devices';
    case '5':
    case 'D':
      return 'folders';
    case '0':
    case '\0':
      // The oldest tars mark a folder by a slash at the end alone.
      return name.at(-1) === 0x2f && size === 0 ? 'folders' : 'file';
    default:
      // POSIX: an unknown type is to be read as a file.
      return 'file';
  }
}

/** Records of the form `<length> <key>=<value>\n`; reading stops at the first that is none. */
export function readPaxRecords(bytes: Uint8Array): Map<string, Uint8Array> {
  const records = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    if (space === -1 || space - at > 12) break;
    const length = Number(Buffer.from(bytes.subarray(at, space)).toString('latin1'));
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    if (!Number.isInteger(length) || end > bytes.length || equals === -1 || equals >= end) break;
    const key = Buffer.from(bytes.subarray(space + 1, equals)).toString('utf8');
    records.set(key, bytes.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}

/**
 * Scans one entry while its bytes come in.
 *
 * The bytes are gathered in a window that is scanned when it is full, at offsets that do not depend on how the bytes were
 * cut into chunks. So the findings do not depend on it either.
 */
import type { WindowSurveyor } from '../scan/survey.ts';
import type { Phase } from '../text/base64.ts';
import { plain, type Haystack } from '../text/haystack.ts';
import { HEAD_BYTES, structureOf } from '../text/structures/structure.ts';
import { eachView } from '../text/views.ts';
import type { Match, Matcher, Session } from './match.ts';
import { StructuredFile } from './structured-file.ts';

/** A match with its place in the entry. */
export interface Placed {
  readonly match: Match;
  /** What it claims: its bytes, or its place in what was decompressed. */
  readonly start: number;
  readonly end: number;
  /** Its bytes in the entry. */
  readonly place: { readonly start: number; readonly end: number };
  /** 1-based; the column counts bytes. */
  readonly line: number;
  readonly column: number;
}

/** Something in the entry that was not read, with a slug and a sentence for `Skipped`. */
export interface Unread {
  readonly reason: string;
  readonly detail: string;
}

/** What all entries of a scan share; a window is 2 x `context` plus `step` bytes. */
export interface Workbench {
  readonly surveyor: WindowSurveyor;
  readonly matcher: Matcher;
  /** Bytes on both sides of a literal that its match may need, whatever the encoding. */
  readonly context: number;
  /** Characters of the shortest match. */
  readonly shortest: number;
}

/**
 * Characters that patterns may be run on in vain: some for each entry, and some for each of its bytes. Real entries need a
 * small part of it; made ones are given up before they take much longer than others.
 */
const FIRST_WORK = 16_000_000;
const WORK_PER_BYTE = 4;

/** Windows begin at multiples of this, so that UTF-16 has the same alignment in the window as in the entry. */
const ALIGNMENT = 64;

export function windowBytes(context: number, step: number): number {
  return 2 * context + step + ALIGNMENT;
}

export class EntryScanner {
  readonly #bench: Workbench;
  readonly #found: (placed: Placed) => void;
  readonly #unread: (row: Unread) => void;
  readonly #window: Buffer;
  /** Undefined until enough is known of the entry; null where it has no structure. */
  #file: StructuredFile | null | undefined;
  #stopped = false;
  #length = 0;
  /** Offset in the entry of the window's first byte. */
  #base = 0;
  /** Bytes of the entry that a file which is taken apart has been given. */
  #kept = 0;
  /** Start of the zone that comes next, in the window. */
  #next = 0;
  #phase: Phase | null = null;
  readonly #session: Session = { claims: new Map(), work: FIRST_WORK };
  /** Lines that ended before the window, and where the one that reaches into it began, in the entry. */
  #linesBefore = 0;
  #lineStart = 0;

  constructor(bench: Workbench, found: (placed: Placed) => void, unread: (row: Unread) => void) {
    this.#bench = bench;
    this.#found = found;
    this.#unread = unread;
    this.#window = bench.surveyor.takeWindow();
  }

  /** Takes the next bytes; they are copied, so the caller may use their memory again. */
  push(chunk: Uint8Array): void {
    if (this.#isOver()) return;
    for (let taken = 0; taken < chunk.length;) {
      const room = this.#window.length - this.#length;
      const piece = chunk.subarray(taken, taken + room);
      this.#window.set(piece, this.#length);
      this.#length += piece.length;
      taken += piece.length;
      if (this.#file === undefined) this.#recognize();
      if (this.#length === this.#window.length) {
        this.#keep();
        this.#scan(this.#length - this.#bench.context);
      }
    }
  }

  /** Scans what is left. Nothing may be pushed afterwards. */
  end(): void {
    if (this.#isOver()) this.#file = null;
    else if (this.#base === 0) this.#file?.take(this.#window.subarray(0, this.#length));
    else this.#keep();
    if (!this.#isOver()) this.#scan(this.#length);
    if (!this.#isOver()) this.#file?.scan(this.#bench, this.#window.length, this.#session, this.#found, this.#unread);
    this.#bench.surveyor.giveWindow(this.#window);
    if (this.#session.work < 0 && !this.#stopped)
      this.#unread({
        reason: 'limit-work',
        detail: 'so much of the entry resembles tokens and is none that the rest of it was not looked through',
      });
  }

  /** Looks for nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#session.work = -1;
  }

  /** True where nothing more is looked for. */
  #isOver(): boolean {
    return this.#session.work < 0;
  }

  /** Decides by the first bytes whether all of them are needed together. */
  #recognize(): void {
    if (this.#length < HEAD_BYTES) return;
    const structure = structureOf(this.#window.subarray(0, HEAD_BYTES));
    this.#file = structure === null ? null : new StructuredFile(structure);
  }

  /** Of a file that is taken apart, what came since the last call. A file that fits into the window stays there. */
  #keep(): void {
    const kept = Math.max(0, this.#kept - this.#base);
    this.#file?.push(this.#window.subarray(kept, this.#length));
    this.#kept = this.#base + this.#length;
  }

  #scan(to: number): void {
    const { surveyor, matcher, context } = this.#bench;
    const zone = { from: this.#next, to };
    if (this.#session.work >= 0) this.#session.work += (to - this.#next) * WORK_PER_BYTE;
    let line = this.#linesBefore + 1;
    let lineStart = this.#lineStart - this.#base;
    let counted = 0;
    const options = { surveyor, context, carried: this.#phase, narrow: (window: Haystack) => surveyor.narrow(window) };
    this.#phase = eachView(plain(this.#window, this.#length, zone), options, (haystack, hits) => {
      matcher.match(haystack, hits, this.#session, (match) => {
        if (match.start < counted) {
          line = this.#linesBefore + 1;
          lineStart = this.#lineStart - this.#base;
          counted = 0;
        }
        for (let feed = this.#feedFrom(counted, match.start); feed >= 0; feed = this.#feedFrom(feed + 1, match.start)) {
          line++;
          lineStart = feed + 1;
        }
        counted = match.start;
        const start = match.start + this.#base;
        const end = match.end + this.#base;
        this.#found({ match, start, end, place: { start, end }, line, column: match.start - lineStart + 1 });
      });
    });
    this.#next = to;
    if (to < this.#length) this.#slide();
  }

  /** Keeps the end of the window, as context for the next zone. */
  #slide(): void {
    const drop = Math.max(0, this.#next - this.#bench.context);
    const aligned = drop - (drop % ALIGNMENT);
    this.#linesBefore += this.#bench.surveyor.lines(this.#window, aligned);
    const feed = this.#window.lastIndexOf(10, aligned - 1);
    if (aligned > 0 && feed >= 0) this.#lineStart = this.#base + feed + 1;
    this.#window.copyWithin(0, aligned, this.#length);
    this.#base += aligned;
    this.#length -= aligned;
    this.#next -= aligned;
    if (this.#phase !== null) this.#phase = { ...this.#phase, offset: this.#phase.offset - aligned };
  }

  /** The next line feed in [from, before), or -1. */
  #feedFrom(from: number, before: number): number {
    if (from >= before) return -1;
    const feed = this.#window.subarray(from, before).indexOf(10);
    return feed < 0 ? -1 : from + feed;
  }
}

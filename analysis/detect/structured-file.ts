/** Scans the texts of a file whose bytes must be seen together, besides the bytes themselves. */
import type { Haystack } from '../text/haystack.ts';
import { joined } from '../text/structures/joined.ts';
import { isHidden } from '../text/structures/segment.ts';
import type { Structure } from '../text/structures/structure.ts';
import { eachView } from '../text/views.ts';
import type { Placed, Unread, Workbench } from './entry.ts';
import type { Session } from './match.ts';

/** Larger files are searched as bytes only. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Memory that is kept for the next file: fresh memory costs more than what is done with it. */
const KEPT_BYTES = 8 * 1024 * 1024;
let spare: Buffer | null = null;

export class StructuredFile {
  readonly #structure: Structure;
  /** Has room for `#size` bytes and more, where they came piece by piece. */
  #gathered: Buffer | null = null;
  #size = 0;
  #whole: Buffer | null = null;

  constructor(structure: Structure) {
    this.#structure = structure;
  }

  /** The bytes are copied. */
  push(bytes: Uint8Array): void {
    const from = this.#size;
    this.#size += bytes.length;
    if (this.#size > MOST_BYTES) this.#gathered = null;
    else this.#roomFor(this.#size, from).set(bytes, from);
  }

  #roomFor(size: number, used: number): Buffer {
    if (this.#gathered !== null && this.#gathered.length >= size) return this.#gathered;
    const larger = spare !== null && spare.length >= size ? spare : Buffer.allocUnsafeSlow(Math.min(MOST_BYTES, 2 * size));
    if (larger === spare) spare = null;
    if (this.#gathered !== null) larger.set(this.#gathered.subarray(0, used));
    this.#gathered = larger;
    return larger;
  }

  /** Takes all bytes at once, which are not copied and must stay as they are until they are scanned. */
  take(whole: Buffer): void {
    this.#whole = whole;
    this.#size = whole.length;
  }

  /** @param most characters that are looked through at once */
  scan(bench: Workbench, most: number, session: Session, found: (placed: Placed) => void, unread: (row: Unread) => void): void {
    const { surveyor, matcher, context, shortest } = bench;
    const { id } = this.#structure;
    if (this.#size > MOST_BYTES) {
      unread({
        reason: 'limit-structure',
        detail: `of ${id} files at most ${MOST_BYTES} bytes are taken apart; this one has ${this.#size} and was searched as it is`,
      });
      return;
    }
    const file = this.#whole ?? this.#gathered?.subarray(0, this.#size) ?? Buffer.alloc(0);
    const { segments, complete } = this.#structure.extract(file);
    const overlap = Math.min(context, Math.floor(most / 2));
    const hidden = segments.filter((segment) => segment.size >= shortest && isHidden(segment));
    for (const part of joined(this.#structure, hidden, most, overlap)) {
      const narrow = (window: Haystack) => surveyor.narrow(window);
      eachView(part.haystack, { surveyor, context, carried: null, narrow }, (text, hits) => {
        matcher.match(text, hits, session, (match) => {
          const place = part.locate(match.start, match.end);
          const lineStart = place.start === 0 ? 0 : file.lastIndexOf(10, place.start - 1) + 1;
          const line = surveyor.lines(file, place.start) + 1;
          found({ match, start: match.start, end: match.end, place, line, column: place.start - lineStart + 1 });
        });
      });
    }
    if (this.#gathered !== null && this.#gathered.length <= KEPT_BYTES) spare = this.#gathered;
    this.#gathered = null;
    this.#whole = null;
    if (!complete)
      unread({
        reason: 'structure-incomplete',
        detail: `the ${id} file could not be taken apart to its end; it was also searched as it is`,
      });
  }
}

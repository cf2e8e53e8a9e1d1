/** Scans the texts of a file whose bytes must be seen together, besides the bytes themselves. */
import type { Haystack } from '../text/haystack.ts';
import { joined } from '../text/structures/joined.ts';
import type { Structure } from '../text/structures/structure.ts';
import { eachView } from '../text/views.ts';
import type { Placed, Unread, Workbench } from './entry.ts';
import type { Session } from './match.ts';

/** Larger files are searched as bytes only. */
const MOST_BYTES = 32 * 1024 * 1024;

export class StructuredFile {
  readonly #structure: Structure;
  #chunks: Buffer[] = [];
  #size = 0;
  #whole: Buffer | null = null;

  constructor(structure: Structure) {
    this.#structure = structure;
  }

  /** The bytes are copied. */
  push(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size <= MOST_BYTES) this.#chunks.push(Buffer.from(bytes));
    else this.#chunks = [];
  }

  /** Takes all bytes at once, which are not copied and must stay as they are until they are scanned. */
  take(whole: Buffer): void {
    this.#whole = whole;
    this.#size = whole.length;
  }

  /** @param most characters that are looked through at once */
  scan(bench: Workbench, most: number, session: Session, found: (placed: Placed) => void, unread: (row: Unread) => void): void {
    const { surveyor, matcher, context } = bench;
    const { id } = this.#structure;
    if (this.#size > MOST_BYTES) {
      unread({
        reason: 'limit-structure',
        detail: `of ${id} files at most ${MOST_BYTES} bytes are taken apart; this one has ${this.#size} and was searched as it is`,
      });
      return;
    }
    const file = this.#whole ?? Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#whole = null;
    const { segments, complete } = this.#structure.extract(file);
    const overlap = Math.min(context, Math.floor(most / 2));
    for (const part of joined(this.#structure, segments, most, overlap)) {
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
    if (!complete)
      unread({
        reason: 'structure-incomplete',
        detail: `the ${id} file could not be taken apart to its end; it was also searched as it is`,
      });
  }
}

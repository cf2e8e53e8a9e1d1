/** All texts that hide in a stretch of bytes, and in those again. */
import { base64, type Phase } from './base64.ts';
import type { Haystack } from './haystack.ts';
import { utf16 } from './utf16.ts';

/** Encodings within encodings that are followed: a base64 text in a base64 text, and no further. */
const MOST_ENCODINGS = 2;

interface Options {
  /** Bytes on both sides of the zone that a match may need. */
  readonly context: number;
  readonly carried: Phase | null;
}

/**
 * Calls `visit` with the haystack itself and with every text that is found in it.
 *
 * @returns the phase of a base64 run that reaches past the zone, to be given to the call for the next zone
 */
export function eachView(top: Haystack, options: Options, visit: (haystack: Haystack) => void): Phase | null {
  visit(top);
  const { found, carry } = base64(top, options);
  for (const haystack of found) within(haystack, options.context, 1, visit);
  for (const haystack of utf16(top)) {
    visit(haystack);
    for (const inner of base64(haystack, { context: options.context, carried: null }).found)
      within(inner, options.context, 1, visit);
  }
  return carry;
}

function within(haystack: Haystack, context: number, encodings: number, visit: (haystack: Haystack) => void): void {
  visit(haystack);
  const texts = utf16(haystack);
  for (const text of texts) visit(text);
  if (encodings >= MOST_ENCODINGS) return;
  for (const text of [haystack, ...texts]) {
    for (const inner of base64(text, { context, carried: null }).found) within(inner, context, encodings + 1, visit);
  }
}

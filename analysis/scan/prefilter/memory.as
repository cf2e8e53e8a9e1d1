/*
 * Memory below the windows, at fixed places. Literals are found by three or four of their bytes, folded to lower case: a flag
 * for each hash of them, and a chain of entries. The tables, each with flags for as many hashes as its literals need:
 *   all         every literal, by three bytes; for what is decoded, and for what stands around escapes
 *   start       literals that begin their token, by their first three bytes
 *   inner       literals that stand in a run, by three bytes
 *   near        literals that stand before a run, by four bytes at an even place
 *   long        literals that stand before or in a long run, in the same way
 *   everywhere  the others, by four bytes at a multiple of the stride
 */
const MOST_HASHES: usize = 1 << 18;
export const values64: usize = 1024;
/** What may stand between a run and the sign before it (1), and those signs (2), of the patterns whose literals stand before. */
export const leads: usize = 1280;
/** Vectors that never change stand in memory: as constants they would be put together again at every use. */
export const vectors: usize = 1536;
export const allFlags: usize = 2048;
export const startFlags: usize = allFlags + MOST_HASHES;
export const innerFlags: usize = startFlags + MOST_HASHES;
export const nearFlags: usize = innerFlags + MOST_HASHES;
export const longFlags: usize = nearFlags + MOST_HASHES;
export const everywhereFlags: usize = longFlags + MOST_HASHES;
export const allHeads: usize = everywhereFlags + MOST_HASHES;
export const startHeads: usize = allHeads + 4 * MOST_HASHES;
export const innerHeads: usize = startHeads + 4 * MOST_HASHES;
export const nearHeads: usize = innerHeads + 4 * MOST_HASHES;
export const longHeads: usize = nearHeads + 4 * MOST_HASHES;
export const everywhereHeads: usize = longHeads + 4 * MOST_HASHES;
/** Entries of 16 bytes: literal u32, place of its bytes u32, next u32, length u8, where in it the bytes stand i8, ignore case u16. */
export const entries: usize = everywhereHeads + 4 * MOST_HASHES;
const MOST_ENTRIES: u32 = 262143;
const texts: usize = entries + 16 * (MOST_ENTRIES + 1);
const TEXT_BYTES: usize = 2097152;
export const scratch: usize = texts + TEXT_BYTES;
export const PIECE: u32 = 4096;
/** Digits that a piece has in common with the one before: more than the longest literal takes in either encoding. */
export const OVERLAP: u32 = 512;
export const SCRATCH_BYTES: usize = 8192;
export const hits: usize = scratch + 2 * SCRATCH_BYTES;
export const MOST_HITS: u32 = 131072;
export const runs: usize = hits + 8 * MOST_HITS;
export const hexRuns: usize = runs + 8 * MOST_HITS;
export const escapes: usize = hexRuns + 8 * MOST_HITS;
/** Places of the current window that are looked at once all of it is classified: a loop without surprises is a fast loop. */
const LISTED: usize = 1048576;
export const startList: usize = escapes + 4 * MOST_HITS;
export const signList: usize = startList + 4 * LISTED;
const windows: usize = signList + 4 * LISTED + 64 + 8 * (LISTED / 4096);
/** Stretches of the window, as pairs, that hold text in UTF-16; with gaps between them of more than WIDE_GAP. */
export const wideRanges: usize = signList + 4 * LISTED + 64;

export function flagsAt(): usize { return allFlags; }
export function leadsAt(): usize { return leads; }
export function headsAt(): usize { return allHeads; }
export function mostHashes(): usize { return MOST_HASHES; }
export function entriesAt(): usize { return entries; }
export function mostEntries(): u32 { return MOST_ENTRIES; }
export function textsAt(): usize { return texts; }
export function textBytes(): usize { return TEXT_BYTES; }

/** The longest literal that is found in pieces of encoded text, too. */
export function longestLiteral(): u32 { return OVERLAP / 2 - 8; }

export function hitsAt(): usize { return hits; }
export function runsAt(): usize { return runs; }
export function hexRunsAt(): usize { return hexRuns; }
export function escapesAt(): usize { return escapes; }
export function windowsAt(): usize { return windows; }

/** The most bytes that a window has. */
export function mostBytes(): usize { return LISTED - 64; }

export function wideRangesAt(): usize { return wideRanges; }

/** What is being looked through, and what was found in it. */

export let hitCount: u32 = 0;
export let runCount: u32 = 0;
export let hexCount: u32 = 0;
export let escapeCount: u32 = 0;
/** Beginnings of words, signs, and long runs that were looked at. */
export let placeCount: u32 = 0;
/** More was found than there is room for. */
export let overflow: bool = false;
/** How far before a run its literal may begin, and how far behind it. */
export let before: u32 = 0;
export let behind: u32 = 0;
/** Whether there are literals before runs of 12 to 19 hexadecimal digits. */
export let hasShortHex: bool = false;
/** Every n-th byte is looked at for the literals that may stand everywhere; 0 where there are none. */
export let stride: u32 = 0;
// The zone, while it is looked through.
export let start: usize = 0;
export let zoneFrom: usize = 0;
export let zoneTo: usize = 0;
export let limit: usize = 0;

export function countOfHits(): u32 { return hitCount; }
export function countOfRuns(): u32 { return runCount; }
export function countOfHexRuns(): u32 { return hexCount; }
export function countOfEscapes(): u32 { return escapeCount; }
export function countOfPlaces(): u32 { return placeCount; }
export function hasOverflown(): bool { return overflow; }

export function setReach(reachBefore: u32, reachBehind: u32, shortHex: bool, everyNth: u32): void {
  before = reachBefore;
  behind = reachBehind;
  hasShortHex = shortHex;
  stride = everyNth;
}

/** Begins with another zone; nothing is found in it yet. */
export function lookAt(window: usize, length: u32, from: u32, to: u32): void {
  start = window;
  zoneFrom = window + from;
  zoneTo = window + to;
  limit = window + length;
  hitCount = 0;
  runCount = 0;
  hexCount = 0;
  escapeCount = 0;
  placeCount = 0;
  overflow = false;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function listRun(at: usize, begin: usize, end: usize): void {
  store<u32>(at, (begin - start) as u32);
  store<u32>(at, (end - start) as u32, 4);
}

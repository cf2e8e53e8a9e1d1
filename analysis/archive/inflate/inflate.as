/**
 * Raw inflate (RFC 1951) that can stop anywhere and go on: when the room for output is used up, when the input ends for
 * now, and at damage with everything before it given.
 *
 * The shape is that of all fast decoders: a 64-bit bit buffer that is refilled without a branch, tables that resolve
 * 11 bits of a literal or length and 8 bits of a distance in one step and longer codes in a second one, several literals
 * per turn, and copies of 16 bytes that may write past the end of a match (there is room for that).
 */

// What run() returns.
const NEEDS_INPUT: u32 = 0;
const OUTPUT_FULL: u32 = 1;
const ENDED: u32 = 2;
const CORRUPT: u32 = 3;
const TRUNCATED: u32 = 4;
const GO_ON: u32 = 5;

// Where the decoder is in the stream.
const AT_HEADER: u32 = 0;
const IN_SYMBOLS: u32 = 1;
const IN_STORED: u32 = 2;
const AT_END: u32 = 3;
const AT_DAMAGE: u32 = 4;

/*
 * Table entries, from the lowest bit:
 *   0- 5  bits to take from the stream: the code's, and the extra ones of a length or distance
 *   8-13  two more than the bits of the code alone; in a pointer to a second table: how many bits select in it
 *     14  with SPECIAL: this points to a second table
 *     15  SPECIAL: a pointer, the end of the block, or no code at all
 *  16-30  the literal, the smallest length or distance, or the place of the second table
 *     31  LITERAL
 */
const LITERAL: u32 = 0x80000000;
const SPECIAL: u32 = 0x8000;
const POINTER: u32 = 0x4000;
const END_OF_BLOCK: u32 = SPECIAL | 0x2000;
const NO_CODE: u32 = SPECIAL | 1;

const LITERAL_BITS: u32 = 11;
const DISTANCE_BITS: u32 = 8;
const CODE_LENGTH_BITS: u32 = 7;
const LONGEST_CODE: u32 = 15;

/*
 * Memory below the module's data: tables at fixed places, so that their addresses are constants in the loads. The most
 * entries that two-step tables can have are 2342 (286 codes, 11 bits) and 402 (30 codes, 8 bits).
 */
const literalTable: usize = 1024;
const distanceTable: usize = literalTable + 2400 * 4;
const codeLengthTable: usize = distanceTable + 512 * 4;
const lengths: usize = codeLengthTable + 128 * 4;
const codeLengths: usize = lengths + 512;
const counts: usize = codeLengths + 32;
const places: usize = counts + 16 * 4;
const sorted: usize = places + 16 * 4;
const literalEntries: usize = sorted + 320 * 2;
const distanceEntries: usize = literalEntries + 288 * 4;
const codeLengthEntries: usize = distanceEntries + 32 * 4;
const input: usize = 20 * 1024;
const window: usize = input + 64 * 1024 + 64;

const lengthBases: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const lengthExtras: usize = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]);
const distanceBases: usize = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
  16385, 24577,
]);
const distanceExtras: usize = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);
const codeLengthOrder: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

let place: u32 = AT_HEADER;
let isLast: bool = false;
let storedLeft: u32 = 0;
let bits: u64 = 0;
let count: u32 = 0;
let inputEnd: usize = 0;
let inputNext: usize = 0;
let outputNext: usize = 0;

export function inputAt(): usize {
  return input;
}

export function windowAt(): usize {
  return window;
}

/** Where the last run left the input and the output. */
export function inputLeftAt(): usize {
  return inputNext;
}

export function outputLeftAt(): usize {
  return outputNext;
}

export function reset(): void {
  place = AT_HEADER;
  isLast = false;
  storedLeft = 0;
  bits = 0;
  count = 0;
}

/**
 * Goes on with the stream.
 *
 * @param from, end the input at hand, in the input area
 * @param oldest the first byte of the window that belongs to this stream: no distance may reach before it
 * @param to where the output goes on, and `limit` behind which it stops; it may be passed by some 300 bytes
 * @param closing true when no more input will come
 */
export function run(from: usize, end: usize, oldest: usize, to: usize, limit: usize, closing: bool): u32 {
  inputNext = from;
  inputEnd = end;
  outputNext = to;
  let status = GO_ON;
  while (status == GO_ON) {
    if (place == IN_SYMBOLS) status = symbols(oldest, limit, closing);
    else if (place == AT_HEADER) status = header(closing);
    else if (place == IN_STORED) status = stored(limit, closing);
    else status = place == AT_END ? ENDED : CORRUPT;
  }
  giveBack();
  return status;
}

/** Whole bytes in the bit buffer go back to the input, so that the stream's end is known to the byte. */
function giveBack(): void {
  inputNext -= count >> 3;
  count &= 7;
  bits &= (<u64>1 << count) - 1;
}

function damaged(): u32 {
  place = AT_DAMAGE;
  return CORRUPT;
}

@inline
function starved(closing: bool): u32 {
  return closing ? TRUNCATED : NEEDS_INPUT;
}

/** True when `wanted` (at most 56) bits are in the bit buffer. */
@inline
function have(wanted: u32): bool {
  while (count < wanted) {
    if (inputNext >= inputEnd) return false;
    bits |= (<u64>load<u8>(inputNext)) << count;
    inputNext += 1;
    count += 8;
  }
  return true;
}

@inline
function drop(taken: u32): void {
  bits >>= taken;
  count -= taken;
}

/** A block's header, whole or not at all. */
function header(closing: bool): u32 {
  giveBack();
  const savedNext = inputNext;
  const savedBits = bits;
  const savedCount = count;
  const status = readHeader();
  if (status != NEEDS_INPUT) return status;
  inputNext = savedNext;
  bits = savedBits;
  count = savedCount;
  return starved(closing);
}

function readHeader(): u32 {
  if (!have(3)) return NEEDS_INPUT;
  const last = (bits & 1) != 0;
  const kind = <u32>(bits >> 1) & 3;
  drop(3);
  if (kind == 3) return damaged();
  if (kind == 0) {
    drop(count & 7);
    if (!have(32)) return NEEDS_INPUT;
    const length = <u32>bits & 0xffff;
    if (length != (~(<u32>(bits >> 16)) & 0xffff)) return damaged();
    drop(32);
    storedLeft = length;
    isLast = last;
    place = IN_STORED;
    return GO_ON;
  }
  const status = kind == 1 ? fixedCodes() : dynamicCodes();
  if (status != GO_ON) return status;
  isLast = last;
  place = IN_SYMBOLS;
  return GO_ON;
}

function fixedCodes(): u32 {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  build(lengths, 288, literalTable, LITERAL_BITS, literalEntries, false);
  memory.fill(lengths, 5, 32);
  build(lengths, 32, distanceTable, DISTANCE_BITS, distanceEntries, false);
  return GO_ON;
}

function dynamicCodes(): u32 {
  if (!have(14)) return NEEDS_INPUT;
  const literals: u32 = 257 + (<u32>bits & 31);
  const distances: u32 = 1 + (<u32>(bits >> 5) & 31);
  const stated: u32 = 4 + (<u32>(bits >> 10) & 15);
  drop(14);
  if (literals > 286 || distances > 30) return damaged();
  v128.store(codeLengths, i64x2.splat(0));
  store<u32>(codeLengths + 16, 0);
  for (let at: u32 = 0; at < stated; at++) {
    if (!have(3)) return NEEDS_INPUT;
    store<u8>(codeLengths + load<u8>(codeLengthOrder + at), <u8>(bits & 7));
    drop(3);
  }
  if (!build(codeLengths, 19, codeLengthTable, CODE_LENGTH_BITS, codeLengthEntries, false)) return damaged();
  const status = readLengths(literals + distances);
  if (status != GO_ON) return status;
  if (load<u8>(lengths + 256) == 0) return damaged();
  if (!build(lengths, literals, literalTable, LITERAL_BITS, literalEntries, true)) return damaged();
  if (!build(lengths + literals, distances, distanceTable, DISTANCE_BITS, distanceEntries, true)) return damaged();
  return GO_ON;
}

function readLengths(total: u32): u32 {
  let next = inputNext;
  let buffer = bits;
  let held = count;
  let status = GO_ON;
  for (let at: u32 = 0; at < total; ) {
    if (held < 14) {
      if (inputEnd - next >= 8) {
        buffer |= load<u64>(next) << held;
        next += (63 - held) >> 3;
        held |= 56;
      } else {
        while (held < 14 && next < inputEnd) {
          buffer |= (<u64>load<u8>(next)) << held;
          next++;
          held += 8;
        }
      }
    }
    const entry = load<u32>((<usize>buffer & 127) << 2, codeLengthTable);
    const length = entry & 15;
    const symbol = entry >> 16;
    const extra: u32 = symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
    if (length + extra > held) {
      status = NEEDS_INPUT;
      break;
    }
    if (symbol < 16) {
      store<u8>(lengths + at, <u8>symbol);
      at++;
    } else {
      const more = <u32>(buffer >> length) & ((1 << extra) - 1);
      const repeat: u32 = more + (symbol == 18 ? 11 : 3);
      if (at + repeat > total || (symbol == 16 && at == 0)) {
        status = CORRUPT;
        break;
      }
      const value: u8 = symbol == 16 ? load<u8>(lengths + at - 1) : 0;
      for (const end = at + repeat; at < end; at++) store<u8>(lengths + at, value);
    }
    buffer >>= length + extra;
    held -= length + extra;
  }
  inputNext = next;
  bits = buffer;
  count = held;
  return status == CORRUPT ? damaged() : status;
}

/** What the entry of each symbol says apart from its code's length. */
function prepareEntries(): void {
  for (let symbol: u32 = 0; symbol < 288; symbol++) {
    let entry: u32 = LITERAL | (symbol << 16);
    if (symbol == 256) {
      entry = END_OF_BLOCK;
    } else if (symbol > 285) {
      entry = SPECIAL;
    } else if (symbol > 256) {
      const at = symbol - 257;
      entry = (<u32>load<u16>(lengthBases + (at << 1)) << 16) | <u32>load<u8>(lengthExtras + at);
    }
    store<u32>(literalEntries + (symbol << 2), entry);
  }
  for (let symbol: u32 = 0; symbol < 32; symbol++) {
    let entry = SPECIAL;
    if (symbol < 30) entry = (<u32>load<u16>(distanceBases + (symbol << 1)) << 16) | <u32>load<u8>(distanceExtras + symbol);
    store<u32>(distanceEntries + (symbol << 2), entry);
  }
  for (let symbol: u32 = 0; symbol < 19; symbol++) store<u32>(codeLengthEntries + (symbol << 2), symbol << 16);
}

prepareEntries();

/** The entry of a symbol whose code has `length` bits (in a second table: `length` further bits). */
@inline
function entryOf(entries: usize, symbol: u32, length: u32): u32 {
  return load<u32>(entries + (symbol << 2)) + ((length + 2) << 8) + length;
}

/** The first half of a table again as its second half. */
@inline
function double(table: usize, size: u32): void {
  const bytes = <usize>size << 2;
  if (bytes < 16) {
    for (let at: usize = 0; at < bytes; at += 4) store<u32>(table + bytes + at, load<u32>(table + at));
  } else {
    for (let at: usize = 0; at < bytes; at += 16) v128.store(table + bytes + at, v128.load(table + at));
  }
}

/**
 * Builds the table of a canonical code. False where the lengths make none: more codes than fit, or too few. Allowed is,
 * where `sparse`, one code of one bit alone or none at all.
 *
 * Codes are taken as they come out of the bit buffer, first bit lowest. A table for codes of n bits is then, twice over,
 * the table for those of n + 1 bits: it is doubled from length to length, and each code is written once.
 */
function build(from: usize, symbols: u32, table: usize, tableBits: u32, entries: usize, sparse: bool): bool {
  for (let at: usize = 0; at < 64; at += 16) v128.store(counts + at, i64x2.splat(0));
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const at = counts + (<usize>load<u8>(from + symbol) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let longest = LONGEST_CODE;
  while (longest > 0 && load<u32>(counts + (longest << 2)) == 0) longest--;
  let room: i32 = 1;
  let total: u32 = 0;
  for (let length: u32 = 1; length <= longest; length++) {
    const these = load<u32>(counts + (length << 2));
    room = (room << 1) - <i32>these;
    if (room < 0) return false;
    store<u32>(places + (length << 2), total);
    total += these;
  }
  if (room > 0) {
    if (!sparse || longest > 1) return false;
    for (let at: u32 = 0; at < <u32>1 << tableBits; at++) store<u32>(table + (at << 2), NO_CODE);
    if (longest == 0) return true;
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length = <usize>load<u8>(from + symbol);
    if (length == 0) continue;
    const at = <usize>load<u32>(places + (length << 2));
    store<u32>(places + (length << 2), at + 1);
    store<u16>(sorted + (at << 1), <u16>symbol);
  }
  if (room > 0) {
    // One code of one bit: every second entry.
    const entry = entryOf(entries, load<u16>(sorted), 1);
    for (let at: u32 = 0; at < <u32>1 << tableBits; at += 2) store<u32>(table + (at << 2), entry);
    return true;
  }
  let code: u32 = 0;
  let at: usize = 0;
  let length: u32 = 1;
  let size: u32 = 2;
  for (; length <= tableBits; length++) {
    for (let left = load<u32>(counts + (length << 2)); left > 0; left--) {
      store<u32>(table + (code << 2), entryOf(entries, load<u16>(sorted + (at << 1)), length));
      at++;
      code = nextCode(code, size);
    }
    if (length < tableBits) {
      double(table, size);
      size <<= 1;
    }
  }
  if (at < total) buildSecond(table, tableBits, entries, code, at, longest);
  return true;
}

/** The code behind `code` among those of as many bits as make `size`; after the last one, 0. */
@inline
function nextCode(code: u32, size: u32): u32 {
  const zeros = code ^ (size - 1);
  if (zeros == 0) return 0;
  const bit = <u32>0x80000000 >> clz(zeros);
  return (code & (bit - 1)) | bit;
}

/** The codes longer than `tableBits`: those that begin alike share a second table. */
function buildSecond(table: usize, tableBits: u32, entries: usize, code: u32, at: usize, longest: u32): void {
  const mask = (<u32>1 << tableBits) - 1;
  let free: u32 = mask + 1;
  let second: u32 = 0;
  let secondSize: u32 = 0;
  let prefix: u32 = 0xffffffff;
  for (let length = tableBits + 1; length <= longest; length++) {
    const further = length - tableBits;
    for (let left = load<u32>(counts + (length << 2)); left > 0; left--) {
      if ((code & mask) != prefix) {
        prefix = code & mask;
        second = free;
        // As many bits as fill the table with the codes that are left, shortest first.
        let secondBits = further;
        let used = left;
        while (used < <u32>1 << secondBits && secondBits + tableBits < longest) {
          secondBits++;
          used = (used << 1) + load<u32>(counts + ((secondBits + tableBits) << 2));
        }
        secondSize = 1 << secondBits;
        free += secondSize;
        store<u32>(table + (prefix << 2), SPECIAL | POINTER | (second << 16) | (secondBits << 8) | tableBits);
      }
      const entry = entryOf(entries, load<u16>(sorted + (at << 1)), further);
      at++;
      for (let slot = code >> tableBits; slot < secondSize; slot += 1 << further) store<u32>(table + ((second + slot) << 2), entry);
      code = nextCode(code, 1 << length);
    }
  }
}

function stored(limit: usize, closing: bool): u32 {
  giveBack();
  while (storedLeft > 0) {
    if (outputNext >= limit) return OUTPUT_FULL;
    if (inputNext >= inputEnd) return starved(closing);
    const length = min(min(<usize>storedLeft, inputEnd - inputNext), limit - outputNext);
    memory.copy(outputNext, inputNext, length);
    outputNext += length;
    inputNext += length;
    storedLeft -= <u32>length;
  }
  place = isLast ? AT_END : AT_HEADER;
  return GO_ON;
}

/** Copies a match. Up to 48 bytes behind it may be overwritten. */
@inline
function copyMatch(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  let source = to - distance;
  if (distance >= 16) {
    v128.store(to, v128.load(source));
    v128.store(to, v128.load(source, 16), 16);
    if (length > 32) {
      to += 32;
      source += 32;
      do {
        v128.store(to, v128.load(source));
        v128.store(to, v128.load(source, 16), 16);
        to += 32;
        source += 32;
      } while (to < end);
    }
  } else if (distance == 1) {
    const byte = i8x16.splat(load<u8>(source));
    do {
      v128.store(to, byte);
      to += 16;
    } while (to < end);
  } else if (distance >= 8) {
    do {
      store<u64>(to, load<u64>(source));
      to += 8;
      source += 8;
    } while (to < end);
  } else {
    do {
      // Of these 8 bytes the first `distance` are right.
      store<u64>(to, load<u64>(source));
      to += distance;
      source += distance;
    } while (to < end);
  }
}

/*
 * In the loops over symbols the bit buffer keeps two bits below the next one. So the bits that select in a table are an
 * offset of bytes as they stand; what is in the two bits does not matter.
 */
@inline
function literalAt(buffer: u64): u64 {
  return <u64>load<u32>(<usize>buffer & (((1 << LITERAL_BITS) - 1) << 2), literalTable);
}

@inline
function distanceAt(buffer: u64): u64 {
  return <u64>load<u32>(<usize>buffer & (((1 << DISTANCE_BITS) - 1) << 2), distanceTable);
}

/** What a pointer leads to; its own bits are taken from the buffer already. */
@inline
function second(table: usize, entry: u64, buffer: u64): u64 {
  const select = ((<u64>1 << ((entry >> 8) & 15)) - 1) << 2;
  return <u64>load<u32>(table + <usize>(((entry >> 16) & 0x7fff) << 2) + <usize>(buffer & select));
}

/** Base and extra bits of a length or distance. */
@inline
function valueOf(entry: u64, buffer: u64): usize {
  return <usize>(entry >> 16) + <usize>((buffer & ~(<u64>-4 << entry)) >> (entry >> 8));
}

/**
 * The symbols of a block. In the loop, shifts by an entry or by `held` count modulo 64, so only the lowest 6 bits of both
 * need to be right: nothing is masked that need not be. A symbol is looked up before the buffer is filled again wherever
 * there are bits enough, so that neither waits for the other.
 */
function symbols(oldest: usize, limit: usize, closing: bool): u32 {
  giveBack();
  let next = inputNext;
  let out = outputNext;
  let buffer = bits << 2;
  let held = <u64>(count + 2);
  let status = GO_ON;
  // One turn takes at most 21 bytes and looks 8 bytes ahead.
  if (inputEnd - next >= 32) {
    const safe = inputEnd - 32;
    buffer |= load<u64>(next) << held;
    next += (<usize>(held ^ 63) >> 3) & 7;
    held |= 56;
    let entry = literalAt(buffer);
    while (next <= safe) {
      if (out >= limit) {
        status = OUTPUT_FULL;
        break;
      }
      if (entry & LITERAL) {
        buffer >>= entry;
        held -= entry;
        store<u8>(out, <u8>(entry >> 16));
        entry = literalAt(buffer);
        if (entry & LITERAL) {
          buffer >>= entry;
          held -= entry;
          store<u8>(out, <u8>(entry >> 16), 1);
          entry = literalAt(buffer);
          if (entry & LITERAL) {
            buffer >>= entry;
            held -= entry;
            store<u8>(out, <u8>(entry >> 16), 2);
            out += 3;
            entry = literalAt(buffer);
            buffer |= load<u64>(next) << held;
            next += (<usize>(held ^ 63) >> 3) & 7;
            held |= 56;
            continue;
          }
          out++;
        }
        out++;
      }
      if (entry & SPECIAL) {
        if (entry & POINTER) {
          buffer >>= LITERAL_BITS;
          held -= LITERAL_BITS;
          entry = second(literalTable, entry, buffer);
          if (entry & LITERAL) {
            buffer >>= entry;
            held -= entry;
            store<u8>(out, <u8>(entry >> 16));
            out++;
            buffer |= load<u64>(next) << held;
            next += (<usize>(held ^ 63) >> 3) & 7;
            held |= 56;
            entry = literalAt(buffer);
            continue;
          }
        }
        if (entry & SPECIAL) {
          if ((entry & END_OF_BLOCK) != END_OF_BLOCK) {
            status = CORRUPT;
            break;
          }
          buffer >>= entry;
          held -= entry;
          place = isLast ? AT_END : AT_HEADER;
          break;
        }
      }
      const length = valueOf(entry, buffer);
      buffer >>= entry;
      held -= entry;
      entry = distanceAt(buffer);
      buffer |= load<u64>(next) << held;
      next += (<usize>(held ^ 63) >> 3) & 7;
      held |= 56;
      if (entry & SPECIAL) {
        if (entry & POINTER) {
          buffer >>= DISTANCE_BITS;
          held -= DISTANCE_BITS;
          entry = second(distanceTable, entry, buffer);
        }
        if (entry & SPECIAL) {
          status = CORRUPT;
          break;
        }
      }
      const distance = valueOf(entry, buffer);
      buffer >>= entry;
      held -= entry;
      if (distance > out - oldest) {
        status = CORRUPT;
        break;
      }
      // The next symbol is looked up before the copy, so that both run side by side.
      entry = literalAt(buffer);
      buffer |= load<u64>(next) << held;
      next += (<usize>(held ^ 63) >> 3) & 7;
      held |= 56;
      copyMatch(out, distance, length);
      out += length;
    }
  }
  inputNext = next;
  outputNext = out;
  count = <u32>(held & 63) - 2;
  bits = (buffer >> 2) & ((<u64>1 << count) - 1);
  if (status == CORRUPT) return damaged();
  if (status != GO_ON || place != IN_SYMBOLS) return status;
  return closing ? lastSymbols(oldest, limit) : NEEDS_INPUT;
}

/** The symbols within the last bytes of the input, one by one. */
function lastSymbols(oldest: usize, limit: usize): u32 {
  while (outputNext < limit) {
    have(48);
    let buffer = bits << 2;
    let taken: u32 = 0;
    let entry = literalAt(buffer);
    if (entry & POINTER && entry & SPECIAL) {
      taken = LITERAL_BITS;
      buffer >>= LITERAL_BITS;
      entry = second(literalTable, entry, buffer);
    }
    taken += <u32>entry & 255;
    if (taken > count) return TRUNCATED;
    if (entry & LITERAL) {
      store<u8>(outputNext, <u8>(entry >> 16));
      outputNext++;
      drop(taken);
      continue;
    }
    if (entry & SPECIAL) {
      if ((entry & END_OF_BLOCK) != END_OF_BLOCK) return damaged();
      drop(taken);
      place = isLast ? AT_END : AT_HEADER;
      return GO_ON;
    }
    const length = valueOf(entry, buffer);
    buffer >>= entry & 255;
    entry = distanceAt(buffer);
    if (entry & POINTER && entry & SPECIAL) {
      taken += DISTANCE_BITS;
      buffer >>= DISTANCE_BITS;
      entry = second(distanceTable, entry, buffer);
    }
    taken += <u32>entry & 255;
    if (taken > count) return TRUNCATED;
    if (entry & SPECIAL) return damaged();
    const distance = valueOf(entry, buffer);
    if (distance > outputNext - oldest) return damaged();
    copyMatch(outputNext, distance, length);
    outputNext += length;
    drop(taken);
  }
  return OUTPUT_FULL;
}

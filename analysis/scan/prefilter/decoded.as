/** Decoded bytes: whether anything could stand in them. */
import { mayHold } from './base64';
import { isNone } from './classes';
import { allMask, anyOf, hashOfThree, hashesOf, threes } from './hashes';
import { mayHoldHex } from './hex';
import { stands } from './literals';
import { allFlags, allHeads, entries, values64 } from './memory';
import { LEAST_BASE64, LEAST_HEX, LEAST_LINE } from './runs';
import { LEAST_ESCAPES } from './signs';

/** True where decoded bytes hold a literal, text in UTF-16, many escapes, or another encoding that does. */
export function isSuspicious(from: usize, to: usize, level: u32, isCutBefore: bool, isCutBehind: bool): bool {
  if (to - from < 3) return false;
  if (holdsLiteral(from, to) || hasEscapesOrNuls(from, to - 2)) return true;
  if (level >= 2) return false;
  let at = from;
  while (at < to) {
    if (load<u8>(values64 + load<u8>(at)) == 255) {
      at++;
      continue;
    }
    const begin = at;
    while (at < to && load<u8>(values64 + load<u8>(at)) != 255) at++;
    const size = (at - begin) as u32;
    if (size < LEAST_BASE64) continue;
    if ((isCutBefore && begin == from) || (isCutBehind && at == to)) return true;
    if (isWrappedWithin(at, to, size) || mayHold(begin, at, level + 1)) return true;
    if (size >= LEAST_HEX && mayHoldHex(begin, at, level + 1)) return true;
  }
  return false;
}

function holdsLiteral(from: usize, to: usize): bool {
  const mask = allMask, masks = i32x4.splat(mask);
  const groups = v128.load(threes);
  for (let at = from; at + 2 < to; at += 4) {
    if (!anyOf(allFlags, hashesOf(v128.load(at), groups, masks))) continue;
    const last = min(at + 4, to - 2);
    for (let place = at; place < last; place++) {
      const hash = hashOfThree(load<u32>(place), mask) as usize;
      if (load<u8>(allFlags + hash) && standsAny(load<u32>(allHeads + 4 * hash), place, from, to)) return true;
    }
  }
  return false;
}

/** True where in [from, to) many escapes begin, or three characters with NULs between them; two more bytes follow. */
function hasEscapesOrNuls(from: usize, to: usize): bool {
  let signs: u32 = 0;
  for (let at = from; at < to; at += 16) {
    const bytes = v128.load(at);
    const left = (to - at) as u32;
    const inside: u32 = left < 16 ? (1 << left) - 1 : 0xffff;
    const escapes = v128.or(
      i8x16.eq(bytes, i8x16.splat(0x5c)),
      v128.or(i8x16.eq(bytes, i8x16.splat(0x25)), i8x16.eq(bytes, i8x16.splat(0x26))),
    );
    signs += popcnt((i8x16.bitmask(escapes) as u32) & inside) as u32;
    for (let rest = (i8x16.bitmask(isNone(v128.load(at, 1))) as u32) & inside; rest != 0; rest &= rest - 1) {
      const place = at + (ctz(rest) as usize);
      const four = load<u32>(place);
      const byte = four & 0xff;
      if ((four & 0xff00ff00) == 0 && byte > 31 && byte < 127 && four >> 16 > 31 && place < to - 2 && load<u8>(place, 4) > 31) return true;
    }
  }
  return signs >= LEAST_ESCAPES;
}

function isWrappedWithin(end: usize, to: usize, size: u32): bool {
  return size >= LEAST_LINE && end < to && (load<u8>(end) == 10 || load<u8>(end) == 13);
}

function standsAny(index: u32, place: usize, from: usize, to: usize): bool {
  while (index != 0) {
    const entry = entries + 16 * (index as usize);
    const at = place - (load<i8>(entry, 13) as isize as usize);
    const size = load<u8>(entry, 12) as usize;
    if (at >= from && at + size <= to && stands(entry, at, size)) return true;
    index = load<u32>(entry, 8);
  }
  return false;
}

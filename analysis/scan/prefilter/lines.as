import { maskOf } from './classes';

/** Line feeds among `length` bytes. */
export function lines(window: usize, length: u32): u32 {
  const feed = i8x16.splat(10);
  const end = window + length;
  let count: u32 = 0;
  let at = window;
  for (; at + 64 <= end; at += 64) {
    count += popcnt(
      maskOf(
        i8x16.eq(v128.load(at), feed),
        i8x16.eq(v128.load(at, 16), feed),
        i8x16.eq(v128.load(at, 32), feed),
        i8x16.eq(v128.load(at, 48), feed),
      ),
    ) as u32;
  }
  for (; at < end; at++) if (load<u8>(at) == 10) count++;
  return count;
}

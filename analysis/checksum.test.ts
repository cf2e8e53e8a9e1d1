import { expect, test } from 'vitest';
import { crc32Base36, crc32Base62 } from './checksum.ts';

test('the check value of CRC-32 (0xCBF43926 for 123456789), in base 62 and in base 36', () => {
  expect(crc32Base62('123456789')).toBe('3jZRME');
  expect(crc32Base36('123456789')).toBe('1kl8mjq');
});

test('small sums are padded', () => {
  expect(crc32Base62('')).toBe('000000');
  expect(crc32Base36('')).toBe('0000000');
});

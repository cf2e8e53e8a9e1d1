/** Checksums that tokens carry, so that a typo or an invention is told from a token without asking anyone. */
import { crc32 } from 'node:zlib';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * CRC-32 of a text, in base 62 (digits, upper case, lower case), padded on the left with zeros to six characters: the end
 * of the tokens of GitHub and npm.
 * Source: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ ("The
 * checksum … 32 bit checksum in the last 6 digits … Base62").
 */
export function crc32Base62(text: string): string {
  return inBase(crc32(text), BASE62).padStart(6, '0');
}

/** CRC-32 of a text, in base 36, padded on the left with zeros to seven characters: the end of GitLab's routable tokens. */
export function crc32Base36(text: string): string {
  return inBase(crc32(text), BASE36).padStart(7, '0');
}

function inBase(value: number, digits: string): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / digits.length)) {
    text = digits.charAt(rest % digits.length) + text;
  }
  return text;
}

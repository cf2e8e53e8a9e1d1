/** What npm says a tarball hashes to. */
import type { Digest } from '../../../data/model.ts';

const STRENGTH = [
  { algorithm: 'sha512', bytes: 64 },
  { algorithm: 'sha256', bytes: 32 },
  { algorithm: 'sha1', bytes: 20 },
] as const;

/**
 * The strongest digest of a Subresource Integrity string, such as `sha512-<base64>`, else the SHA-1 of `shasum`, which is
 * all that versions from before April 2017 have. Null where neither can be understood.
 */
export function digestOf(integrity: unknown, shasum: unknown): Digest | null {
  const parts = typeof integrity === 'string' ? integrity.trim().split(/\s+/) : [];
  for (const { algorithm, bytes } of STRENGTH) {
    for (const part of parts) {
      const [name, base64 = ''] = part.split(/-(.*)/s);
      // Options may follow behind a question mark.
      const hash = Buffer.from(base64.split('?', 1)[0] ?? '', 'base64');
      if (name?.toLowerCase() === algorithm && hash.length === bytes) return { algorithm, hex: hash.toString('hex') };
    }
  }
  return typeof shasum === 'string' && /^[0-9a-f]{40}$/i.test(shasum) ? { algorithm: 'sha1', hex: shasum.toLowerCase() } : null;
}

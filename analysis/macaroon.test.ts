import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMacaroon, encodeMacaroon } from './macaroon.ts';

const macaroons = fc.record({
  location: fc.constantFrom('pypi.org', 'test.pypi.org', ''),
  identifier: fc.uuid(),
  caveats: fc.array(fc.string({ minLength: 1, maxLength: 300 }), { maxLength: 5 }),
  signature: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});

test('what was written is read', () => {
  fc.assert(
    fc.property(macaroons, (macaroon) => {
      const read = decodeMacaroon(encodeMacaroon(macaroon));
      expect({ ...read, signature: [...(read?.signature ?? [])] }).toEqual({ ...macaroon, signature: [...macaroon.signature] });
    }),
    { numRuns: 200 },
  );
});

test('a macaroon that was cut or lengthened is none', () => {
  fc.assert(
    fc.property(macaroons, fc.integer({ min: 0, max: 2000 }), (macaroon, at) => {
      const bytes = Buffer.from(encodeMacaroon(macaroon), 'base64url');
      const cut = bytes.subarray(0, at % bytes.length);
      expect(decodeMacaroon(cut.toString('base64url'))).toBeNull();
      expect(decodeMacaroon(Buffer.concat([bytes, Buffer.from([at % 256])]).toString('base64url'))).toBeNull();
    }),
    { numRuns: 200 },
  );
});

test('any bytes are read without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeMacaroon(Buffer.from([2, ...bytes]).toString('base64url'));
    }),
  );
});

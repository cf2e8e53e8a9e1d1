import type { Place } from '../../../data/model.ts';
import type { Candidate } from '../../detect/candidate.ts';
import { Fingerprinter, Secret, type Parts } from '../../secret.ts';
import type { IssuedToken } from './service-stand-ins.ts';

const fingerprinter = new Fingerprinter(Buffer.alloc(32, 7));

const PLACE: Place = {
  path: ['example-1.0.0.tgz', 'package/index.js'],
  line: 1,
  column: 1,
  offset: 0,
  length: 10,
  decoding: [],
  label: 'source',
};

/** The candidate that detection would make of an issued token, for tests that begin behind detection. */
export function candidateOf(token: IssuedToken, changes: Partial<Candidate> = {}): Candidate {
  const parts: Parts = Object.fromEntries(Object.entries(token.parts).map(([name, text]) => [name, new Secret(text)]));
  return {
    service: token.service,
    format: token.format,
    family: token.family,
    parts,
    fingerprint: fingerprinter.of(token.service, parts),
    redacted: 'inv_…',
    place: PLACE,
    unpaired: false,
    ambiguousWith: [],
    ...changes,
  };
}

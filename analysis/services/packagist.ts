import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://packagist.com/docs/composer-authentication';

export const packagist = {
  id: 'packagist',
  label: 'Private Packagist',
  family: 'token',
  docs: DOCS,
  revoke: DOCS,
  formats: [
    // Sixty digits drawn at random and eight of a checksum.
    shaped({
      id: 'packagist.token',
      shape: [['packagist_ort_', 'packagist_out_', 'packagist_uut_'], run(HEX, 68)],
      variable: 'PACKAGIST_TOKEN',
    }),
  ],
  noProbe: 'a token opens the repository of one organization, whose name does not stand in it',
  unconfirmed: [
    'the fourth prefix, which its documentation counts and the found copy does not name',
    'how the checksum is computed',
  ],
} as const satisfies Service;

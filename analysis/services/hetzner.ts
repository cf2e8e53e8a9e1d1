import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://docs.hetzner.cloud';

export const hetzner = {
  id: 'hetzner',
  label: 'Hetzner Cloud',
  family: 'token',
  docs: DOCS,
  revoke: 'https://docs.hetzner.com/cloud/api/getting-started/generating-api-token/',
  formats: [
    keyworded({
      id: 'hetzner.api-token',
      keywords: ['hcloud', 'hetzner'],
      shape: [run(ALNUM, 64)],
      variable: 'HCLOUD_TOKEN',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.hetzner.cloud'],
    effect: 'reads',
    requests: authorized('https://api.hetzner.cloud/v1/locations?per_page=1'),
    read: verdictTable([
      active('locations', 200, [lists('locations')], `${DOCS}/#locations`),
      inactive('unauthorized', 401, [field('error.code', 'unauthorized')], `${DOCS}/#errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

import { ANSWERS_NOT_COMPARED, active, field, get, inactive, names, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.digitalocean.com/reference/api';

export const digitalocean = {
  id: 'digitalocean',
  label: 'DigitalOcean',
  family: 'token',
  docs: `${DOCS}/create-personal-access-token/`,
  revoke: 'https://cloud.digitalocean.com/account/api/tokens',
  formats: [
    shaped({ id: 'digitalocean.personal-token', shape: ['dop_v1_', run(HEX, 64)], variable: 'DIGITALOCEAN_TOKEN' }),
    shaped({ id: 'digitalocean.oauth-token', shape: ['doo_v1_', run(HEX, 64)], variable: 'DIGITALOCEAN_TOKEN' }),
    shaped({ id: 'digitalocean.refresh-token', shape: ['dor_v1_', run(HEX, 64)], variable: 'DIGITALOCEAN_REFRESH_TOKEN' }),
  ],
  probe: {
    hosts: ['api.digitalocean.com'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      // Whoever redeems a refresh token takes it from its owner.
      if (token.startsWith('dor_')) return null;
      return [get('https://api.digitalocean.com/v2/account', { authorization: `Bearer ${token}` })];
    },
    read: verdictTable([
      active('account', 200, [names('account.uuid')], `${DOCS}/reference/account/`),
      restricted('forbidden', 403, [field('id', 'Forbidden', 'forbidden')], `${DOCS}/reference/ (403, scopes)`),
      inactive('unauthorized', 401, [field('id', 'Unauthorized', 'unauthorized')], `${DOCS}/reference/ (401)`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

import { ANSWERS_NOT_COMPARED, active, authorized, inactive, lists, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.goshippo.com';

export const shippo = {
  id: 'shippo',
  label: 'Shippo',
  family: 'token',
  docs: `${DOCS}/docs/guides_general/authentication/`,
  revoke: 'https://apps.goshippo.com/settings/api',
  formats: [
    shaped({ id: 'shippo.api-token', shape: [['shippo_live_', 'shippo_test_'], run(HEX, 40)], variable: 'SHIPPO_API_KEY' }),
  ],
  probe: {
    hosts: ['api.goshippo.com'],
    effect: 'reads',
    requests: authorized('https://api.goshippo.com/carrier_accounts?results=1', 'ShippoToken'),
    read: verdictTable([
      active('carrier-accounts', 200, [lists('results')], `${DOCS}/shippoapi/public-api/carrier-accounts/`),
      inactive(
        'no-such-token',
        401,
        [saysAt('detail', /^(?:Token does not exist|Invalid token)/i)],
        `${DOCS}/docs/guides_general/authentication/`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal'],
} as const satisfies Service;

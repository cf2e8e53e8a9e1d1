import { ANSWERS_NOT_COMPARED, active, apiAnswer, get, inactive, lists, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { alphabet, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://developer.pagerduty.com/docs';

/** Of the service regions. Source: https://support.pagerduty.com/main/docs/service-regions */
const HOSTS = ['api.pagerduty.com', 'api.eu.pagerduty.com'] as const;

export const pagerduty = {
  id: 'pagerduty',
  label: 'PagerDuty',
  family: 'api-key',
  docs: `${DOCS}/authentication`,
  revoke: 'https://support.pagerduty.com/main/docs/api-access-keys',
  formats: [
    keyworded({
      id: 'pagerduty.api-key',
      keywords: ['pagerduty', 'pd_api_key'],
      shape: [run(alphabet('A-Za-z0-9_+-'), 20)],
      variable: 'PAGERDUTY_API_KEY',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/abilities`, { authorization: `Token token=${reveal(parts)}` })),
    read: verdictTable([
      active(
        'abilities',
        200,
        [lists('abilities')],
        'https://developer.pagerduty.com/api-reference/71a7c8a5e2ab0-list-abilities',
      ),
      inactive('unauthorized', 401, [apiAnswer], `${DOCS}/errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer'],
} as const satisfies Service;

import { active, authorized, field, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://cal.com/docs/api-reference';

export const calCom = {
  id: 'cal-com',
  label: 'Cal.com',
  family: 'api-key',
  docs: 'https://github.com/calcom/cal.com/blob/main/apps/api/v2/src/modules/auth/strategies/api-auth/api-auth.strategy.ts',
  revoke: 'https://app.cal.com/settings/developer/api-keys',
  formats: [shaped({ id: 'cal-com.api-key', shape: [['cal_live_', 'cal_test_'], run(HEX, 32)], variable: 'CAL_API_KEY' })],
  probe: {
    hosts: ['api.cal.com'],
    effect: 'reads',
    requests: authorized('https://api.cal.com/v2/me'),
    read: verdictTable([
      active('me', 200, [field('status', 'success'), names('data.id')], `${DOCS}/v2/me/get-my-profile`),
      inactive(
        'unauthorized',
        401,
        [
          field('error.code', 'UnauthorizedException'),
          saysAt(
            'error.message',
            /Your api key is (?:not valid|expired)|No user (?:tied to this apiKey|associated with the provided token)/,
          ),
        ],
        `${DOCS}/v2/introduction`,
      ),
    ]),
  },
} as const satisfies Service;

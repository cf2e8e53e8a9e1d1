import { ANSWERS_NOT_COMPARED, active, get, inactive, names, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { keyworded, UUID } from '../token-shape.ts';

const DOCS = 'https://docs.opsgenie.com/docs';

export const opsgenie = {
  id: 'opsgenie',
  label: 'Opsgenie',
  family: 'api-key',
  docs: `${DOCS}/authentication`,
  revoke: 'https://app.opsgenie.com/settings/api-key-management',
  formats: [
    keyworded({
      id: 'opsgenie.api-key',
      keywords: ['opsgenie', 'geniekey'],
      // Teams, schedules and integrations have ids of the same form.
      notFor: ['_id', 'teamid', 'scheduleid', 'integrationid'],
      shape: UUID,
      variable: 'OPSGENIE_API_KEY',
    }),
  ],
  probe: {
    hosts: ['api.opsgenie.com', 'api.eu.opsgenie.com'],
    effect: 'reads',
    requests: (parts) =>
      ['api.opsgenie.com', 'api.eu.opsgenie.com'].map((host) =>
        get(`https://${host}/v2/account`, { authorization: `GenieKey ${reveal(parts)}` }),
      ),
    read: verdictTable([
      active('account', 200, [names('data.name')], `${DOCS}/account-api`),
      restricted('not-allowed', 403, [saysAt('message', /not allowed|not authorized|don.t have/i)], `${DOCS}/response`),
      inactive(
        'could-not-authenticate',
        [401, 422],
        [saysAt('message', /^(?:Could not authenticate|Key is not valid|Key format is not valid)/i)],
        `${DOCS}/response`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusals'],
} as const satisfies Service;

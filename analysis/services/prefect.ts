import { ANSWERS_NOT_COMPARED, active, authorized, inactive, lists, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.prefect.io';

export const prefect = {
  id: 'prefect',
  label: 'Prefect Cloud',
  family: 'api-key',
  docs: `${DOCS}/v3/how-to-guides/cloud/manage-users/api-keys`,
  revoke: 'https://app.prefect.cloud/my/api-keys',
  formats: [
    shaped({ id: 'prefect.user-key', shape: ['pnu_', run(ALNUM, 36)], variable: 'PREFECT_API_KEY' }),
    shaped({ id: 'prefect.bot-key', shape: ['pnb_', run(ALNUM, 36)], variable: 'PREFECT_API_KEY' }),
  ],
  probe: {
    hosts: ['api.prefect.cloud'],
    effect: 'reads',
    requests: authorized('https://api.prefect.cloud/api/me/workspaces'),
    read: verdictTable([
      active('workspaces', 200, [lists()], 'https://app.prefect.cloud/api/docs'),
      inactive(
        'invalid-credentials',
        401,
        [saysAt('detail', /^Invalid authentication credentials|Not authenticated/)],
        'https://app.prefect.cloud/api/docs',
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal'],
} as const satisfies Service;

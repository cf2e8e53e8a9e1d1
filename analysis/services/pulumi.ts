import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://www.pulumi.com/docs';

export const pulumi = {
  id: 'pulumi',
  label: 'Pulumi',
  family: 'token',
  docs: `${DOCS}/administration/access-identity/access-tokens/`,
  revoke: 'https://app.pulumi.com/account/tokens',
  formats: [shaped({ id: 'pulumi.access-token', shape: ['pul-', run(HEX, 40)], variable: 'PULUMI_ACCESS_TOKEN' })],
  probe: {
    hosts: ['api.pulumi.com'],
    effect: 'reads',
    requests: authorized('https://api.pulumi.com/api/user', 'token', { accept: 'application/vnd.pulumi+8' }),
    read: verdictTable([
      active('user', 200, [names('githubLogin')], `${DOCS}/reference/cloud-rest-api/`),
      inactive('unauthorized', 401, [field('code', 401)], `${DOCS}/reference/cloud-rest-api/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

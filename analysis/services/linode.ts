import { ANSWERS_NOT_COMPARED, active, authorized, inactive, names, restricted, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://techdocs.akamai.com/linode-api/reference';

export const linode = {
  id: 'linode',
  label: 'Linode',
  family: 'token',
  docs: `${DOCS}/get-started`,
  revoke: 'https://cloud.linode.com/profile/tokens',
  formats: [
    keyworded({
      id: 'linode.personal-access-token',
      keywords: ['linode'],
      notFor: ['client'],
      shape: [run(HEX, 64)],
      variable: 'LINODE_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api.linode.com'],
    effect: 'reads',
    requests: authorized('https://api.linode.com/v4/profile'),
    read: verdictTable([
      active('profile', 200, [names('username')], `${DOCS}/get-profile`),
      restricted('scope', 401, [saysAt('errors.0.reason', /not authorized to use this endpoint/)], `${DOCS}/errors`),
      inactive('invalid-token', 401, [saysAt('errors.0.reason', /^Invalid (?:OAuth )?Token/i)], `${DOCS}/errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

import { active, authorized, field, inactive, lists, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://dub.co/docs/api-reference';

export const dub = {
  id: 'dub',
  label: 'Dub',
  family: 'api-key',
  docs: `${DOCS}/tokens`,
  revoke: 'https://app.dub.co/settings/tokens',
  formats: [shaped({ id: 'dub.api-key', shape: ['dub_', run(ALNUM, 24)], variable: 'DUB_API_KEY' })],
  probe: {
    hosts: ['api.dub.co'],
    effect: 'reads',
    requests: authorized('https://api.dub.co/links?pageSize=1'),
    read: verdictTable([
      active('links', 200, [lists()], `${DOCS}/endpoint/retrieve-a-list-of-links`),
      restricted('forbidden', 403, [field('error.code', 'forbidden')], `${DOCS}/errors`),
      inactive('unauthorized', 401, [field('error.code', 'unauthorized')], `${DOCS}/errors`),
    ]),
  },
} as const satisfies Service;

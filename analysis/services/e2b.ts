import { ANSWERS_NOT_COMPARED, active, field, inactive, inHeader, lists, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://e2b.dev/docs';

export const e2b = {
  id: 'e2b',
  label: 'E2B',
  family: 'api-key',
  docs: `${DOCS}/api-key`,
  revoke: 'https://e2b.dev/dashboard?tab=keys',
  formats: [shaped({ id: 'e2b.api-key', shape: ['e2b_', run(HEX, 40)], variable: 'E2B_API_KEY' })],
  probe: {
    hosts: ['api.e2b.dev'],
    effect: 'reads',
    requests: inHeader('https://api.e2b.dev/sandboxes', 'x-api-key'),
    read: verdictTable([
      active('sandboxes', 200, [lists()], `${DOCS}/sandbox/list`),
      inactive('unauthorized', 401, [field('code', 401)], `${DOCS}/api-key`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the body of the 401 answer'],
} as const satisfies Service;

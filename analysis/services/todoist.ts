import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://developer.todoist.com/api/v1/';

export const todoist = {
  id: 'todoist',
  label: 'Todoist',
  family: 'token',
  docs: DOCS,
  revoke: 'https://app.todoist.com/app/settings/integrations/developer',
  formats: [keyworded({ id: 'todoist.api-token', keywords: ['todoist'], shape: [run(HEX, 40)], variable: 'TODOIST_API_TOKEN' })],
  probe: {
    hosts: ['api.todoist.com'],
    effect: 'reads',
    requests: authorized('https://api.todoist.com/api/v1/user'),
    read: verdictTable([
      active('user', 200, [names('id'), names('email')], DOCS),
      inactive('unauthorized', [401, 403], [field('error_tag', 'UNAUTHORIZED', 'AUTH_INVALID_TOKEN', 'INVALID_TOKEN')], DOCS),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the names of the errors'],
} as const satisfies Service;

import { active, authorized, field, inactive, names, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, DIGITS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developers.notion.com/reference';

export const notion = {
  id: 'notion',
  label: 'Notion',
  family: 'token',
  docs: `${DOCS}/authentication`,
  revoke: 'https://www.notion.so/profile/integrations',
  formats: [
    shaped({ id: 'notion.integration-token', shape: ['ntn_', run(DIGITS, 11), run(ALNUM, 35)], variable: 'NOTION_TOKEN' }),
    shaped({ id: 'notion.old-integration-token', shape: ['secret_', run(ALNUM, 43)], variable: 'NOTION_TOKEN' }),
  ],
  probe: {
    hosts: ['api.notion.com'],
    effect: 'reads',
    requests: authorized('https://api.notion.com/v1/users/me', 'Bearer', { 'notion-version': '2022-06-28' }),
    read: verdictTable([
      active('user', 200, [field('object', 'user'), names('id')], `${DOCS}/get-self`),
      restricted('restricted-resource', 403, [field('code', 'restricted_resource')], `${DOCS}/status-codes`),
      inactive('unauthorized', 401, [field('code', 'unauthorized')], `${DOCS}/status-codes`),
    ]),
  },
} as const satisfies Service;

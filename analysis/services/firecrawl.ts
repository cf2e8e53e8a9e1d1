import { ANSWERS_NOT_COMPARED, active, authorized, field, holds, inactive, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.firecrawl.dev';

export const firecrawl = {
  id: 'firecrawl',
  label: 'Firecrawl',
  family: 'api-key',
  docs: `${DOCS}/api-reference/introduction`,
  revoke: 'https://www.firecrawl.dev/app/api-keys',
  formats: [shaped({ id: 'firecrawl.api-key', shape: ['fc-', run(HEX, 32)], variable: 'FIRECRAWL_API_KEY' })],
  probe: {
    hosts: ['api.firecrawl.dev'],
    effect: 'reads',
    requests: authorized('https://api.firecrawl.dev/v1/team/credit-usage'),
    read: verdictTable([
      active('credit-usage', 200, [field('success', true), holds('data')], `${DOCS}/api-reference/endpoint/credit-usage`),
      inactive('invalid-token', 401, [saysAt('error', /^Unauthorized/)], `${DOCS}/api-reference/introduction`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

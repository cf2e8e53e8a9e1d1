import { active, authorized, holds, inactive, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.tavily.com/documentation';

export const tavily = {
  id: 'tavily',
  label: 'Tavily',
  family: 'api-key',
  docs: `${DOCS}/quickstart`,
  revoke: 'https://app.tavily.com/home',
  formats: [shaped({ id: 'tavily.api-key', shape: ['tvly-', run(BASE64URL, 32, 48)], variable: 'TAVILY_API_KEY' })],
  probe: {
    hosts: ['api.tavily.com'],
    effect: 'reads',
    // What was used up: the one question that is no search, which the owner would pay for.
    requests: authorized('https://api.tavily.com/usage'),
    read: verdictTable([
      active('usage', 200, [holds('key'), holds('account')], `${DOCS}/api-reference/endpoint/usage`),
      inactive(
        'invalid-key',
        401,
        [saysAt('detail.error', /^Unauthorized: missing or invalid API key/)],
        `${DOCS}/api-reference/endpoint/usage`,
      ),
    ]),
  },
  unconfirmed: ['the words of a refusal: they are those that its clients are tested with'],
} as const satisfies Service;

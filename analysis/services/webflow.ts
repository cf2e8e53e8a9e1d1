import { ANSWERS_NOT_COMPARED, active, authorized, field, holds, inactive, restricted, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://developers.webflow.com/data';

export const webflow = {
  id: 'webflow',
  label: 'Webflow',
  family: 'token',
  docs: `${DOCS}/reference/authentication`,
  revoke: 'https://webflow.com/dashboard/integrations',
  formats: [keyworded({ id: 'webflow.site-token', keywords: ['webflow'], shape: [run(HEX, 64)], variable: 'WEBFLOW_TOKEN' })],
  probe: {
    hosts: ['api.webflow.com'],
    effect: 'reads',
    requests: authorized('https://api.webflow.com/v2/token/introspect'),
    read: verdictTable([
      active('introspect', 200, [holds('authorization')], `${DOCS}/reference/token/introspect`),
      restricted('missing-scopes', 403, [field('code', 'missing_scopes', 'forbidden')], `${DOCS}/reference/error-handling`),
      inactive('not-authorized', 401, [field('code', 'not_authorized')], `${DOCS}/reference/error-handling`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

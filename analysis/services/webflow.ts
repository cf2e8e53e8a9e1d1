import { active, field, get, holds, inactive, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run } from '../token-shape.ts';

const DOCS = 'https://developers.webflow.com/data';

/** Tokens work in their own region alone. Source: https://developers.webflow.com/data/reference/eu-hosting */
const HOSTS = ['api.webflow.com', 'api.eu.webflow.com'] as const;

export const webflow = {
  id: 'webflow',
  label: 'Webflow',
  family: 'token',
  docs: `${DOCS}/reference/authentication`,
  revoke: 'https://webflow.com/dashboard/integrations',
  formats: [
    keyworded({
      id: 'webflow.site-token',
      keywords: ['webflow'],
      // An application's secret has the same form, and is often called no more than that.
      notFor: ['client', 'secret'],
      shape: [run(HEX, 64)],
      variable: 'WEBFLOW_TOKEN',
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) =>
      HOSTS.map((host) => get(`https://${host}/v2/token/introspect`, { authorization: `Bearer ${reveal(parts)}` })),
    read: verdictTable([
      active('introspect', 200, [holds('authorization')], `${DOCS}/reference/token/introspect`),
      restricted('missing-scopes', 403, [field('code', 'missing_scopes', 'forbidden')], `${DOCS}/reference/error-handling`),
      inactive('not-authorized', 401, [field('code', 'not_authorized')], `${DOCS}/reference/error-handling`),
    ]),
  },
  unconfirmed: ['the code for a missing scope'],
} as const satisfies Service;

import { ANSWERS_NOT_COMPARED, active, get, inactive, lists, names, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { keyworded, UUID } from '../token-shape.ts';

const DOCS = 'https://docs.snyk.io';

export const snyk = {
  id: 'snyk',
  label: 'Snyk',
  family: 'token',
  docs: `${DOCS}/snyk-api/authentication-for-api`,
  revoke: 'https://app.snyk.io/account',
  formats: [
    keyworded({
      id: 'snyk.token',
      keywords: ['snyk'],
      // Ids of organizations, groups, projects and integrations are UUIDs, too.
      notFor: ['org', 'group', 'project', 'integration'],
      shape: UUID,
      variable: 'SNYK_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api.snyk.io', 'api.eu.snyk.io', 'api.us.snyk.io', 'api.au.snyk.io'],
    effect: 'reads',
    requests: (parts) =>
      ['api.snyk.io', 'api.eu.snyk.io', 'api.us.snyk.io', 'api.au.snyk.io'].map((host) =>
        get(`https://${host}/rest/self?version=2024-10-15`, { authorization: `token ${reveal(parts)}` }),
      ),
    read: verdictTable([
      active('self', 200, [names('data.id')], 'https://apidocs.snyk.io/#get-/self'),
      inactive('unauthorized', 401, [lists('errors')], 'https://apidocs.snyk.io/'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

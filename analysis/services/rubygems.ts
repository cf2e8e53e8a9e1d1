import { inHeader, lists, says, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const SOURCE = 'https://github.com/rubygems/rubygems.org/blob/master';

export const rubygems = {
  id: 'rubygems',
  label: 'RubyGems',
  family: 'token',
  docs: 'https://guides.rubygems.org/api-key-scopes/',
  revoke: 'https://rubygems.org/profile/api_keys',
  formats: [shaped({ id: 'rubygems.api-key', shape: ['rubygems_', run(HEX, 48)], variable: 'GEM_HOST_API_KEY' })],
  probe: {
    hosts: ['rubygems.org'],
    effect: 'reads',
    requests: inHeader('https://rubygems.org/api/v1/gems.json', 'authorization'),
    read: verdictTable([
      {
        verdict: 'active',
        reason: 'gems',
        status: 200,
        markers: [lists()],
        evidence: 'https://guides.rubygems.org/rubygems-org-api/ (GET /api/v1/gems.json)',
      },
      {
        verdict: 'inactive',
        reason: 'access-denied',
        status: 401,
        markers: [says(/^(?:HTTP Basic: )?Access Denied\./i)],
        evidence: `${SOURCE}/app/controllers/api/base_controller.rb, render_unauthorized: unknown and expired keys`,
      },
      {
        verdict: 'inactive',
        reason: 'deleted-key',
        status: 403,
        markers: [says(/invalid API key cannot be used/i)],
        evidence: `${SOURCE}/config/locales/en.yml, api_key_soft_deleted`,
      },
      {
        verdict: 'restricted',
        reason: 'scope',
        status: 403,
        markers: [says(/API key (?:doesn(?:'|&#39;)t have access|cannot perform the specified action)/i)],
        evidence: `${SOURCE}/config/locales/en.yml, api_key_forbidden and api_key_insufficient_scope`,
      },
    ]),
  },
  unconfirmed: ['the wording of the two answers with status 403'],
} as const satisfies Service;

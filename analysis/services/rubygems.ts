import { active, inHeader, inactive, lists, restricted, says, verdictTable } from '../service-kit.ts';
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
      active('gems', 200, [lists()], 'https://guides.rubygems.org/rubygems-org-api/ (GET /api/v1/gems.json)'),
      inactive(
        'access-denied',
        401,
        [says(/^(?:HTTP Basic: )?Access Denied\./i)],
        `${SOURCE}/app/controllers/api/base_controller.rb, render_unauthorized: unknown and expired keys`,
      ),
      inactive(
        'deleted-key',
        403,
        [says(/invalid API key cannot be used/i)],
        `${SOURCE}/app/models/api_key.rb, not_soft_deleted?, and api_key_soft_deleted in config/locales/en.yml`,
      ),
      restricted(
        'scope',
        403,
        [says(/API key (?:doesn(?:'|&#39;)t have access|cannot perform the specified action)/i)],
        `${SOURCE}/config/locales/en.yml, api_key_forbidden and api_key_insufficient_scope`,
      ),
    ]),
  },
  unconfirmed: ['the wording of the answer to a key without the scope'],
} as const satisfies Service;

import { active, field, get, inactive, lists, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, BASE64URL, run, shaped } from '../token-shape.ts';

const API = 'https://api.openai.com/v1';
const ERRORS = 'https://platform.openai.com/docs/guides/error-codes/api-errors';
/** "OpenAI" in base64, in the middle of every key. */
const MARK = 'T3BlbkFJ';
const HALF = run(BASE64URL, 20, 110);

export const openai = {
  id: 'openai',
  label: 'OpenAI',
  family: 'api-key',
  docs: 'https://platform.openai.com/docs/api-reference/authentication',
  revoke: 'https://platform.openai.com/api-keys',
  formats: [
    shaped({
      id: 'openai.user-key',
      shape: [['sk-', 'sk-None-'], run(ALNUM, 20), MARK, run(ALNUM, 20)],
      variable: 'OPENAI_API_KEY',
    }),
    shaped({ id: 'openai.project-key', shape: ['sk-proj-', HALF, MARK, HALF], variable: 'OPENAI_API_KEY' }),
    shaped({ id: 'openai.service-account-key', shape: ['sk-svcacct-', HALF, MARK, HALF], variable: 'OPENAI_API_KEY' }),
    shaped({ id: 'openai.admin-key', shape: ['sk-admin-', HALF, MARK, HALF], variable: 'OPENAI_ADMIN_KEY' }),
  ],
  probe: {
    hosts: ['api.openai.com'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      // Admin keys open the administration alone, and all others everything but that.
      const path = token.startsWith('sk-admin-') ? 'organization/admin_api_keys?limit=1' : 'models';
      return [get(`${API}/${path}`, { authorization: `Bearer ${token}` })];
    },
    read: verdictTable([
      active('list', 200, [field('object', 'list'), lists('data')], 'https://platform.openai.com/docs/api-reference/models/list'),
      restricted(
        'missing-scopes',
        [401, 403],
        [saysAt('error.message', /insufficient permissions for this operation|Missing scopes/)],
        `${ERRORS} (403)`,
      ),
      restricted('address-not-allowed', [401, 403], [field('error.code', 'ip_not_authorized')], `${ERRORS} (IP not authorized)`),
      restricted('no-organization', 401, [saysAt('error.message', /must be a member of an organization/)], `${ERRORS} (401)`),
      // Said of a good key alone, with the address that it is good at.
      restricted(
        'other-region',
        401,
        [field('error.code', 'incorrect_hostname')],
        'https://github.com/agent-ecosystem/skill-validator/issues/70 (a key of a project that is bound to a region)',
      ),
      inactive('invalid-api-key', 401, [field('error.code', 'invalid_api_key', 'account_deactivated')], `${ERRORS} (401)`),
    ]),
  },
  unconfirmed: ['the exact lengths of keys with a prefix: 20 to 110 characters are taken on both sides of the mark'],
} as const satisfies Service;

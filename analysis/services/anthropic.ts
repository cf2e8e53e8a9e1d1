import { active, field, get, inactive, lists, names, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.claude.com/en/api';
const API = 'https://api.anthropic.com/v1';

export const anthropic = {
  id: 'anthropic',
  label: 'Anthropic',
  family: 'api-key',
  docs: `${DOCS}/overview`,
  revoke: 'https://console.anthropic.com/settings/keys',
  formats: [
    shaped({ id: 'anthropic.api-key', shape: ['sk-ant-api03-', run(BASE64URL, 93), 'AA'], variable: 'ANTHROPIC_API_KEY' }),
    shaped({ id: 'anthropic.admin-key', shape: ['sk-ant-admin01-', run(BASE64URL, 93), 'AA'], variable: 'ANTHROPIC_ADMIN_KEY' }),
    shaped({
      id: 'anthropic.oauth-token',
      family: 'token',
      shape: ['sk-ant-oat01-', run(BASE64URL, 93), 'AA'],
      variable: 'CLAUDE_CODE_OAUTH_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api.anthropic.com'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      // People's tokens open no documented question that costs nothing.
      if (token.startsWith('sk-ant-oat')) return null;
      const path = token.startsWith('sk-ant-admin') ? 'organizations/me' : 'models?limit=1';
      return [get(`${API}/${path}`, { 'x-api-key': token, 'anthropic-version': '2023-06-01' })];
    },
    read: verdictTable([
      active('models', 200, [lists('data'), field('has_more', true, false)], `${DOCS}/models-list`),
      active('organization', 200, [field('type', 'organization'), names('id')], `${DOCS}/admin-api/organization/get-me`),
      restricted('permission', 403, [field('error.type', 'permission_error')], `${DOCS}/errors`),
      inactive('authentication', 401, [field('error.type', 'authentication_error')], `${DOCS}/errors`),
    ]),
  },
} as const satisfies Service;

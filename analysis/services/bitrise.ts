import { active, field, get, inactive, lists, names, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, keyworded, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.bitrise.io/en';
const CLIENT = 'https://github.com/bitrise-io/bitrise-cli';
const API = 'https://api.bitrise.io/v0.1';
/** No token has less than 128 bits; how long they are is not published. */
const BODY = run(BASE64URL, 22, 120);

export const bitrise = {
  id: 'bitrise',
  label: 'Bitrise',
  family: 'token',
  docs: `${DOCS}/bitrise-platform/accounts/personal-access-tokens`,
  revoke: 'https://app.bitrise.io/me/account/security',
  formats: [
    shaped({ id: 'bitrise.personal-token', shape: ['bitpat_', BODY], variable: 'BITRISE_TOKEN' }),
    shaped({ id: 'bitrise.workspace-token', shape: ['bitwat_', BODY], variable: 'BITRISE_TOKEN' }),
    keyworded({
      id: 'bitrise.old-token',
      keywords: ['bitrise'],
      shape: [run(BASE64URL, 60, 120)],
      variable: 'BITRISE_API_TOKEN',
      // A longer name may hold the first part of a JWT.
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token) && !/^(?:bit[pw]at_|eyJ)/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.bitrise.io'],
    effect: 'reads',
    // Tokens of a workspace belong to nobody, and old ones may be either: they are asked for one app.
    requests(parts) {
      const token = reveal(parts);
      return [get(token.startsWith('bitpat_') ? `${API}/me` : `${API}/apps?limit=1`, { authorization: token })];
    },
    read: verdictTable([
      active('me', 200, [names('data.username')], `${CLIENT} (bitriseapi/me.go)`),
      active('apps', 200, [lists('data'), names('paging.page_item_limit')], `${CLIENT} (bitriseapi/apps_test.go)`),
      inactive('unauthorized', 401, [field('message', 'Unauthorized')], `${CLIENT} (bitriseapi/apps_test.go)`),
    ]),
  },
  unconfirmed: [
    `the lengths; the prefixes are those that the provider's own client knows (${CLIENT}, internal/auth/auth.go)`,
    'that every token, expired or deleted, is refused in the same words',
  ],
} as const satisfies Service;

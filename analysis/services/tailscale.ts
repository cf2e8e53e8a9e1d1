import { ANSWERS_NOT_COMPARED, active, get, inactive, lists, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://tailscale.com';

export const tailscale = {
  id: 'tailscale',
  label: 'Tailscale',
  family: 'token',
  docs: `${DOCS}/kb/1101/api`,
  revoke: 'https://login.tailscale.com/admin/settings/keys',
  formats: [
    shaped({
      id: 'tailscale.api-token',
      shape: ['tskey-api-', run(ALNUM, 10, 24), '-', run(ALNUM, 20, 48)],
      variable: 'TAILSCALE_API_KEY',
    }),
    shaped({
      id: 'tailscale.auth-key',
      shape: ['tskey-auth-', run(ALNUM, 10, 24), '-', run(ALNUM, 20, 48)],
      variable: 'TS_AUTHKEY',
    }),
    // Made for access tokens, which are made by asking: that is left alone, too.
    shaped({
      id: 'tailscale.client-secret',
      family: 'credentials',
      shape: ['tskey-client-', run(ALNUM, 10, 24), '-', run(ALNUM, 20, 48)],
      variable: 'TS_OAUTH_CLIENT_SECRET',
    }),
  ],
  probe: {
    hosts: ['api.tailscale.com'],
    effect: 'reads',
    // A key that joins a network is asked about by joining: that is left alone.
    requests: (parts) =>
      reveal(parts).startsWith('tskey-api-')
        ? [get('https://api.tailscale.com/api/v2/tailnet/-/devices', { authorization: `Bearer ${reveal(parts)}` })]
        : null,
    read: verdictTable([
      active('devices', 200, [lists('devices')], `${DOCS}/api#tag/devices`),
      restricted('forbidden', 403, [saysAt('message', /not permitted|does not have|not authorized/i)], `${DOCS}/api`),
      inactive('api-token-invalid', 401, [saysAt('message', /API token invalid/i)], `${DOCS}/api`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording for a token without the right to list devices'],
} as const satisfies Service;

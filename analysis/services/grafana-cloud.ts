import {
  ANSWERS_NOT_COMPARED,
  active,
  at,
  field,
  get,
  inactive,
  lists,
  restricted,
  reveal,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, HEX, alphabet, run, shaped } from '../token-shape.ts';

const DOCS = 'https://grafana.com/docs/grafana-cloud';

export const grafanaCloud = {
  id: 'grafana-cloud',
  label: 'Grafana Cloud',
  family: 'token',
  docs: `${DOCS}/security-and-account-management/authentication-and-permissions/access-policies/`,
  revoke: 'https://grafana.com/orgs',
  formats: [
    shaped({
      id: 'grafana-cloud.access-policy-token',
      shape: ['glc_eyJ', run(alphabet('A-Za-z0-9+/='), 60, 400)],
      variable: 'GRAFANA_TOKEN',
      accepts: (token) => regionOf(token) !== null,
      make: (random) =>
        `glc_${Buffer.from(JSON.stringify({ o: String(random.int(1e6)), n: 'demo', k: random.text(24, ALNUM.letters), m: { r: 'eu' } })).toString('base64')}`,
    }),
    // Of a stack in the cloud, or of a server of one's own: which one, it does not say.
    shaped({
      id: 'grafana-cloud.service-account-token',
      shape: ['glsa_', run(ALNUM, 32), '_', run(HEX, 8)],
      variable: 'GRAFANA_TOKEN',
    }),
  ],
  probe: {
    hosts: ['grafana.com'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      if (!token.startsWith('glc_')) return null;
      const url = `https://grafana.com/api/v1/tokens?region=${regionOf(token) ?? 'us'}&pageSize=1`;
      return [get(url, { authorization: `Bearer ${token}` })];
    },
    read: verdictTable([
      active('tokens', 200, [lists('items')], `${DOCS}/developer-resources/api-reference/cloud-api/`),
      restricted(
        'insufficient-permissions',
        403,
        [field('code', 'Forbidden')],
        `${DOCS}/developer-resources/api-reference/cloud-api/`,
      ),
      inactive(
        'invalid-credentials',
        401,
        [field('code', 'InvalidCredentials', 'Unauthorized')],
        `${DOCS}/developer-resources/api-reference/cloud-api/`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the codes of the refusals'],
} as const satisfies Service;

/** The token is a JSON object in base64: organization, name, key, and in `m` the region. */
function regionOf(token: string): string | null {
  try {
    const region = at(JSON.parse(Buffer.from(token.slice(4), 'base64').toString('utf8')), 'm.r');
    return typeof region === 'string' && /^[a-z0-9-]{2,30}$/.test(region) ? region : null;
  } catch {
    return null;
  }
}

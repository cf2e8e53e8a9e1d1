import { ANSWERS_NOT_COMPARED, active, field, get, inactive, names, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { shaped, UUID } from '../token-shape.ts';

const DOCS = 'https://launchdarkly.com/docs';

/** Of the instances. Source: "LaunchDarkly in the European Union" and "in federal environments" of its documentation. */
const HOSTS = ['app.launchdarkly.com', 'app.eu.launchdarkly.com', 'app.launchdarkly.us'] as const;

export const launchdarkly = {
  id: 'launchdarkly',
  label: 'LaunchDarkly',
  family: 'token',
  docs: `${DOCS}/api`,
  revoke: 'https://app.launchdarkly.com/settings/authorization',
  formats: [
    shaped({ id: 'launchdarkly.access-token', shape: ['api-', ...UUID], variable: 'LAUNCHDARKLY_ACCESS_TOKEN' }),
    shaped({ id: 'launchdarkly.sdk-key', family: 'api-key', shape: ['sdk-', ...UUID], variable: 'LAUNCHDARKLY_SDK_KEY' }),
    shaped({ id: 'launchdarkly.mobile-key', family: 'api-key', shape: ['mob-', ...UUID], variable: 'LAUNCHDARKLY_MOBILE_KEY' }),
  ],
  judge: (parts) => (reveal(parts).startsWith('mob-') ? { verdict: 'public-by-design', reason: 'mobile-key' } : null),
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/api/v2/caller-identity`, { authorization: reveal(parts) })),
    read: verdictTable([
      active('caller-identity', 200, [names('accountId')], `${DOCS}/api/other/get-caller-identity`),
      restricted('forbidden', 403, [field('code', 'forbidden')], `${DOCS}/api#errors`),
      inactive('unauthorized', 401, [field('code', 'unauthorized', 'invalid_token')], `${DOCS}/api#errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the codes of the refusals'],
} as const satisfies Service;

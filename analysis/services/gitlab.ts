import { active, field, get, inactive, restricted, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { BASE64URL, DIGITS, type Shape, HEX, LOWER_DIGITS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.gitlab.com';
const SELF = `${DOCS}/api/personal_access_tokens/#get-details-on-a-personal-access-token`;
/** GitLab's own server: which error is told in which words. */
const GUARD = 'https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/api/api_guard.rb';

function format(kind: string, shape: Shape): Format {
  return shaped({ id: `gitlab.${kind}`, shape, variable: 'GITLAB_TOKEN' });
}

export const gitlab = {
  id: 'gitlab',
  label: 'GitLab',
  family: 'token',
  docs: `${DOCS}/security/tokens/`,
  revoke: 'https://gitlab.com/-/user_settings/personal_access_tokens',
  formats: [
    format('personal-access-token', ['glpat-', run(BASE64URL, 20)]),
    format('routable-access-token', ['glpat-', run(BASE64URL, 27, 300), '.', run(LOWER_DIGITS, 9)]),
    format('versioned-access-token', ['glpat-', run(BASE64URL, 27, 300), '.01.', run(LOWER_DIGITS, 9)]),
    format('runner-token', ['glrt-', run(BASE64URL, 20)]),
    format('typed-runner-token', ['glrt-t', run(DIGITS, 1), '_', run(BASE64URL, 20)]),
    format('routable-runner-token', ['glrt-t', run(DIGITS, 1), '_', run(BASE64URL, 27, 300), '.', run(LOWER_DIGITS, 9)]),
    format('runner-registration-token', ['GR1348941', run(BASE64URL, 20)]),
    format('trigger-token', ['glptt-', run(HEX, 40)]),
    format('deploy-token', ['gldt-', run(BASE64URL, 20)]),
    format('feed-token', ['glft-', run(BASE64URL, 20)]),
    format('scim-token', ['glsoat-', run(BASE64URL, 20)]),
    format('agent-token', ['glagent-', run(BASE64URL, 50)]),
    format('oauth-secret', ['gloas-', run(HEX, 64)]),
  ],
  // Anyone can host GitLab: what gitlab.com does not know may be good elsewhere.
  selfHosted: true,
  // Said of tokens that it found.
  refusesOwn: ['revoked', 'token-revoked'],
  probe: {
    hosts: ['gitlab.com'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      // The others have no question that only reads: runners would report for work, triggers would start a pipeline.
      if (!token.startsWith('glpat-')) return null;
      return [get('https://gitlab.com/api/v4/personal_access_tokens/self', { 'private-token': token })];
    },
    read: verdictTable([
      active('self', 200, [field('active', true), field('revoked', false)], SELF),
      inactive('revoked', 200, [field('active', false)], SELF),
      restricted('insufficient-scope', 403, [field('error', 'insufficient_scope', 'insufficient_granular_scope')], SELF),
      inactive('unauthorized', 401, [saysAt('message', /^401 Unauthorized/)], `${DOCS}/api/rest/troubleshooting/#status-codes`),
      inactive('no-such-token', 401, [field('error', 'invalid_token'), saysAt('error_description', /^Bad Access Token/)], GUARD),
      inactive(
        'token-revoked',
        401,
        [field('error', 'invalid_token'), saysAt('error_description', /^(?:Token is expired|Token was revoked)/)],
        GUARD,
      ),
      // Both are said of a token that was found and is not revoked.
      restricted(
        'impersonation-disabled',
        401,
        [field('error', 'invalid_token'), saysAt('error_description', /^Token is an impersonation token/)],
        GUARD,
      ),
      restricted('proof-wanted', 401, [field('error', 'dpop_error')], GUARD),
    ]),
  },
  unconfirmed: ['the checksum at the end of routable tokens: it is not checked'],
} as const satisfies Service;

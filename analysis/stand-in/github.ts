import { base64urlJson } from '../jwt-form.ts';
import { authorization, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const DOCS = 'https://docs.github.com/rest';

/** REST API: `/user` for people, `/installation/repositories` for installations of apps. */
export const github: ServiceStandIn = {
  id: 'github',
  answers: [
    'active',
    'restricted:sso',
    'restricted:ip-allow-list',
    'restricted:suspended',
    'restricted:not-accessible',
    'revoked',
    'undecided:rate-limit',
  ],
  silencing: ['undecided:rate-limit'],
  answer(request, lookup) {
    const isUser = is(request, 'GET', '/user');
    const isInstallation = is(request, 'GET', '/installation/repositories');
    if (!isUser && !isInstallation) return null;
    const token = authorization(request, 'Bearer') ?? '';
    const known = lookup(token);
    switch (known?.answer) {
      case 'active':
        if (isInstallation !== token.startsWith('ghs_')) return message(403, 'Resource not accessible by integration');
        if (isInstallation)
          return jsonAnswer(200, { total_count: 1, repositories: [{ id: 1296269, full_name: 'octocat/Hello-World' }] });
        return jsonAnswer(200, { login: 'octocat', id: 583231, type: 'User' });
      case 'restricted:sso':
        return message(
          403,
          'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
        );
      case 'restricted:ip-allow-list':
        return message(
          403,
          'Although you appear to have the correct authorization credentials, the `octo-org` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
        );
      case 'restricted:suspended':
        return message(403, 'Sorry. Your account was suspended.');
      case 'restricted:not-accessible':
        return message(403, 'Resource not accessible by personal access token');
      case 'undecided:rate-limit':
        return jsonAnswer(
          403,
          {
            message: 'API rate limit exceeded for user ID 583231.',
            documentation_url: `${DOCS}/overview/rate-limits-for-the-rest-api`,
          },
          { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456000' },
        );
      default:
        return message(401, 'Bad credentials');
    }
  },
  offline(verdict, random, now) {
    if (verdict !== 'inactive') return null;
    const exp = Math.floor(now.getTime() / 1000) - 60;
    const body = `${base64urlJson({ alg: 'RS256', typ: 'JWT' })}.${base64urlJson({ iss: 'github', sub: String(random.int(1e9)), exp })}`;
    const token = `ghs_${1 + random.int(999_999)}_${body}.${random.text(342, 'ABCDEFGHabcdefgh0123456789_-')}`;
    return { format: 'github.installation-jwt', sample: { text: `GITHUB_TOKEN=${token}\n`, parts: { token } } };
  },
};

function message(status: number, text: string) {
  return jsonAnswer(
    status,
    { message: text, documentation_url: DOCS, status: String(status) },
    { 'x-github-request-id': '0123:4567:89ABCD' },
  );
}

import type { Answer } from '../../crawler/stand-in/server.ts';
import { jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Graph API: `/me` for people and pages, `/app` for apps. */
export const facebook: ServiceStandIn = {
  id: 'facebook',
  answers: [
    'active',
    'restricted:permission',
    'restricted:proof',
    'restricted:checkpoint',
    'expired',
    'revoked',
    'inactive:malformed',
    'undecided:application-limit',
    'undecided:service',
  ],
  answer(request, lookup) {
    const path = request.path;
    if (request.method !== 'GET' || (path !== '/me' && path !== '/app')) return null;
    const token = request.query.get('access_token') ?? '';
    const [id = '', secret] = token.split('|', 2);
    const known = lookup(token) ?? lookup(token.replace('|', '%7C')) ?? (secret === undefined ? null : lookup(id, secret));
    switch (known?.answer) {
      case 'active':
        return jsonAnswer(200, { id: '102938475610293' });
      case 'restricted:permission':
        return refusal(403, 200, 'OAuthException', 'Provide valid app ID');
      case 'restricted:proof':
        return refusal(400, 100, 'GraphMethodException', 'API calls from the server require an appsecret_proof argument');
      case 'restricted:checkpoint':
        return refusal(
          400,
          190,
          'OAuthException',
          'Error validating access token: The user is enrolled in a blocking, logged-in checkpoint',
          459,
        );
      case 'expired':
        return refusal(
          400,
          190,
          'OAuthException',
          'Error validating access token: Session has expired on Tuesday, 01-Jan-30 00:00:00 PST.',
          463,
        );
      case 'revoked':
        return refusal(
          400,
          190,
          'OAuthException',
          'Error validating access token: The user has not authorized application 1029384756.',
          458,
        );
      case 'undecided:application-limit':
        return refusal(400, 4, 'OAuthException', 'Application request limit reached');
      case 'undecided:service':
        return refusal(400, 2, 'OAuthException', 'An unexpected error has occurred. Please retry your request later.');
      default:
        if (path === '/app') return refusal(400, 190, 'OAuthException', 'Invalid OAuth access token signature.');
        return refusal(400, 190, 'OAuthException', 'Invalid OAuth access token - Cannot parse access token');
    }
  },
};

function refusal(status: number, code: number, type: string, message: string, subcode?: number): Answer {
  return jsonAnswer(status, {
    error: {
      message,
      type,
      code,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      fbtrace_id: 'AbCdEfGhIjKlMnOpQrStUvW',
    },
  });
}

import { form, is, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const CLIENT: ServiceStandIn['answers'] = ['active', 'revoked'];

export const googleOauth: ServiceStandIn = {
  id: 'google-oauth',
  answers: ['active', 'revoked', 'expired'],
  formatAnswers: { 'google-oauth.client-secret': CLIENT, 'google-oauth.access-token': ['active', 'expired'] },
  answer(request, lookup) {
    if (is(request, 'GET', '/tokeninfo')) {
      if (lookup(request.query.get('access_token') ?? '')?.answer === 'active') {
        return jsonAnswer(200, {
          azp: '1.apps.googleusercontent.com',
          aud: '1.apps.googleusercontent.com',
          expires_in: '3599',
          scope: 'openid',
        });
      }
      return jsonAnswer(400, { error: 'invalid_token', error_description: 'Invalid Value' });
    }
    if (!is(request, 'POST', '/token')) return null;
    const fields = form(request);
    if (lookup(fields.get('client_id') ?? '', fields.get('client_secret') ?? '')?.answer === 'active') {
      return jsonAnswer(400, { error: 'invalid_grant', error_description: 'Malformed auth code.' });
    }
    return jsonAnswer(401, { error: 'invalid_client', error_description: 'The provided client secret is invalid.' });
  },
};

import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const result = (status: string) =>
  jsonAnswer(200, {
    success: true,
    errors: [],
    messages: [{ code: 10000, message: `This API Token is ${status}` }],
    result: { id: 'ed17574386854bf78a67040be0a770b0', status },
  });
const refusal = (status: number, code: number, message: string) =>
  jsonAnswer(status, { success: false, errors: [{ code, message }], messages: [], result: null });

export const cloudflare = headerStandIn({
  id: 'cloudflare',
  paths: ['/client/v4/user/tokens/verify'],
  token: 'Bearer',
  answers: {
    active: result('active'),
    restricted: refusal(403, 9109, 'Cannot use the access token from location: 192.0.2.1'),
    'inactive:disabled': result('disabled'),
    expired: result('expired'),
    revoked: refusal(401, 1000, 'Invalid API Token'),
    'inactive:format': refusal(400, 6003, 'Invalid request headers'),
  },
  // Without a prefix a refusal decides nothing: the token may be an account's.
  formatAnswers: { 'cloudflare.api-token': ['active', 'restricted', 'inactive:disabled', 'expired'] },
  stranger: 'revoked',
});

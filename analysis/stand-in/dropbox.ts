import { headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const refusal = (tag: string) => jsonAnswer(401, { error_summary: `${tag}/..`, error: { '.tag': tag } });

export const dropbox = headerStandIn({
  id: 'dropbox',
  method: 'POST',
  paths: ['/2/users/get_current_account'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, {
      account_id: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
      email: 'franz@example.com',
      disabled: false,
    }),
    'restricted:scope': refusal('missing_scope'),
    'restricted:suspended': refusal('user_suspended'),
    expired: refusal('expired_access_token'),
    revoked: refusal('invalid_access_token'),
  },
  stranger: 'revoked',
});

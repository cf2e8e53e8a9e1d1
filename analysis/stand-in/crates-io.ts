import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const refusal = (detail: string, status = 403) => jsonAnswer(status, { errors: [{ detail }] });

export const cratesIo = headerStandIn({
  id: 'crates-io',
  paths: ['/api/v1/me'],
  token: alone('authorization'),
  answers: {
    active: jsonAnswer(200, { user: { id: 42, login: 'demo' }, owned_crates: [] }),
    restricted: refusal('this token does not have the required permissions to perform this action'),
    'restricted:cookie': refusal('this action can only be performed on the crates.io website'),
    'restricted:locked': refusal('This account is indefinitely locked. Reason: demo'),
    revoked: refusal(
      'The given API token does not match the format used by crates.io. Tokens generated before 2020-07-14 were generated with an insecure random number generator, and have been revoked.',
      401,
    ),
    inactive: refusal('authentication failed'),
  },
  stranger: 'inactive',
});

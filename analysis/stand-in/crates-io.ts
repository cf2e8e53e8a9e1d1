import { alone, headerStandIn } from './engine/header-stand-in.ts';
import { jsonAnswer } from './engine/wire.ts';

const refusal = (detail: string) => jsonAnswer(403, { errors: [{ detail }] });

export const cratesIo = headerStandIn({
  id: 'crates-io',
  paths: ['/api/v1/me'],
  token: alone('authorization'),
  answers: {
    active: jsonAnswer(200, { user: { id: 42, login: 'demo' }, owned_crates: [] }),
    restricted: refusal('this token does not have the required permissions to perform this action'),
    revoked: refusal('The given API token does not match the format used by crates.io or has been revoked'),
    inactive: refusal('authentication failed'),
  },
  stranger: 'inactive',
});

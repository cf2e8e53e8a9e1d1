import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { keyworded, LOWER_DIGITS, run } from '../token-shape.ts';

const DOCS = 'https://dev.twitch.tv/docs';

export const twitch = {
  id: 'twitch',
  label: 'Twitch',
  family: 'token',
  docs: `${DOCS}/authentication/`,
  revoke: 'https://dev.twitch.tv/docs/authentication/revoke-tokens/',
  formats: [
    keyworded({
      id: 'twitch.access-token',
      keywords: ['twitch'],
      // Ids and secrets of clients have the same form: the first are public, and asking about the second would mint a token.
      notFor: ['client', 'secret'],
      shape: [run(LOWER_DIGITS, 30)],
      variable: 'TWITCH_ACCESS_TOKEN',
      accepts: (token) => /[a-z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: ['id.twitch.tv'],
    effect: 'reads',
    requests: authorized('https://id.twitch.tv/oauth2/validate', 'OAuth'),
    read: verdictTable([
      active('validate', 200, [names('client_id')], `${DOCS}/authentication/validate-tokens/`),
      inactive(
        'invalid-access-token',
        401,
        [field('message', 'invalid access token')],
        `${DOCS}/authentication/validate-tokens/`,
      ),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'client ids and client secrets under another name have the same form and get the same refusal',
  ],
} as const satisfies Service;

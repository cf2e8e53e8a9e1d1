import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import { crc32Base62 } from '../checksum.ts';
import type { Random, Service } from '../service.ts';
import { ALNUM, keyworded, run, shaped } from '../token-shape.ts';

const DOCS = 'https://vercel.com/docs/rest-api';
const GATEWAY = 'https://vercel.com/docs/ai-gateway';
const PREFIXES = ['vcp_', 'vci_', 'vca_', 'vck_'] as const;

const ASKS_WHO = authorized('https://api.vercel.com/v2/user');
const ASKS_CREDITS = authorized('https://ai-gateway.vercel.sh/v1/credits');

export const vercel = {
  id: 'vercel',
  label: 'Vercel',
  family: 'token',
  docs: `${DOCS}#creating-an-access-token`,
  revoke: 'https://vercel.com/account/settings/tokens',
  formats: [
    shaped({
      id: 'vercel.access-token',
      shape: [PREFIXES, run(ALNUM, 56)],
      variable: 'VERCEL_TOKEN',
      accepts: (token) => token.slice(-6) === crc32Base62(token.slice(4, -6)),
      make: checksummed,
      misses: (random) => [`${checksummed(random).slice(0, -6)}00000x`],
    }),
    keyworded({
      id: 'vercel.old-access-token',
      keywords: ['vercel_token', 'vercel_api_token', 'verceltoken', 'now_token'],
      shape: [run(ALNUM, 24)],
      variable: 'VERCEL_TOKEN',
      accepts: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9]/.test(token),
    }),
  ],
  probe: {
    hosts: ['api.vercel.com', 'ai-gateway.vercel.sh'],
    effect: 'reads',
    // A key of the AI gateway opens nothing else: the interface for users refuses it like a stranger's.
    requests: (parts, env) => (reveal(parts).startsWith('vck_') ? ASKS_CREDITS : ASKS_WHO)(parts, env),
    read: verdictTable([
      active('user', 200, [names('user.id')], `${DOCS}/reference/endpoints/user/get-the-user`),
      active('credits', 200, [names('balance'), names('total_used')], `${GATEWAY}/usage`),
      inactive('invalid-token', [401, 403], [field('error.invalidToken', true)], `${DOCS}/reference/errors`),
      inactive(
        'invalid-gateway-key',
        401,
        [field('error.type', 'authentication_error')],
        'what the client @ai-sdk/gateway reads',
      ),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'what the checksum at the end is taken of: here of the fifty characters before it',
    'the answer to tokens for one team or one project alone: read as unknown unless it calls the token invalid',
  ],
} as const satisfies Service;

function checksummed(random: Random): string {
  const drawn = random.text(50, ALNUM.letters);
  return `${PREFIXES[random.int(PREFIXES.length)]}${drawn}${crc32Base62(drawn)}`;
}

/** An invented service with its stand-in: plain enough that a test shows what the engine does, not what a service does. */
import { createHash } from 'node:crypto';
import type { Verdict } from '../../../data/model.ts';
import type { Format, Probe, Service } from '../../service.ts';
import type { ServiceStandIn } from '../service-stand-in.ts';
import { authorization, is, jsonAnswer } from './wire.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PREFIX = 'inv_';

/** `inv_` and 24 characters; `inv_old` are expired offline, `inv_doc` stand in the documentation, `inv_can` are canaries. */
export function inventedFormat(id = 'invented.token', prefix = PREFIX): Format {
  return {
    id,
    literals: [prefix],
    pattern: new RegExp(`(?<![A-Za-z0-9_])(?<token>${prefix}[A-Za-z0-9]{24})(?![A-Za-z0-9_])`),
    maxLength: 40,
    redact: () => `${prefix}…`,
    samples(random) {
      const token = prefix + random.text(24, ALPHABET).replace(/^[odc]/, 'x');
      return { hits: [{ text: `token = "${token}"\n`, parts: { token } }], misses: [`token = "${token}x"\n`] };
    },
  };
}

export const inventedProbe: Probe = {
  hosts: ['api.invented.example'],
  effect: 'reads',
  perSecond: 1000,
  requests: (parts) => [
    {
      method: 'GET',
      url: 'https://api.invented.example/me',
      headers: { authorization: `Bearer ${parts['token']?.reveal() ?? ''}` },
    },
  ],
  read({ status, json }) {
    const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : null;
    if (status === 200 && typeof json === 'object' && json !== null && 'user' in json)
      return { verdict: 'active', reason: 'user' };
    if (status === 403 && error === 'scope') return { verdict: 'restricted', reason: 'scope' };
    if (status === 401 && typeof error === 'string') return { verdict: 'inactive', reason: error };
    return { verdict: 'unknown', reason: 'unexpected-answer' };
  },
};

export function inventedService(changes: Partial<Service> = {}): Service {
  return {
    id: 'invented',
    label: 'Invented',
    family: 'token',
    docs: 'https://invented.example/docs',
    revoke: 'https://invented.example/revoke',
    formats: [inventedFormat()],
    probe: inventedProbe,
    judge(parts) {
      const token = parts['token']?.reveal() ?? '';
      if (token.startsWith(`${PREFIX}old`)) return { verdict: 'inactive', reason: 'expired' };
      if (token.startsWith(`${PREFIX}doc`)) return { verdict: 'published-example', reason: 'documentation' };
      if (token.startsWith(`${PREFIX}can`)) return { verdict: 'canary', reason: 'canary-account' };
      return null;
    },
    ...changes,
  };
}

export function inventedStandIn(changes: Partial<ServiceStandIn> = {}): ServiceStandIn {
  return {
    id: 'invented',
    answers: ['active', 'restricted', 'expired', 'revoked', 'undecided:maintenance'],
    answer(request, lookup) {
      if (!is(request, 'GET', '/me')) return null;
      const token = authorization(request, 'Bearer') ?? '';
      switch (lookup(token)?.answer) {
        case 'active':
          return jsonAnswer(200, { user: createHash('sha256').update(token).digest('hex').slice(0, 8) });
        case 'restricted':
          return jsonAnswer(403, { error: 'scope' });
        case 'expired':
          return jsonAnswer(401, { error: 'expired' });
        case 'revoked':
          return jsonAnswer(401, { error: 'revoked' });
        case 'undecided:maintenance':
          return jsonAnswer(200, { maintenance: true });
        default:
          return jsonAnswer(401, { error: 'no-such-token' });
      }
    },
    offline(verdict, random) {
      const marks: Partial<Record<Verdict, string>> = { inactive: 'old', 'published-example': 'doc', canary: 'can' };
      const mark = marks[verdict];
      if (mark === undefined) return null;
      const token = `${PREFIX}${mark}${random.text(21, ALPHABET)}`;
      return { format: 'invented.token', sample: { text: `token = "${token}"\n`, parts: { token } } };
    },
    ...changes,
  };
}

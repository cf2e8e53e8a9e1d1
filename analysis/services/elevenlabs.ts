import { ANSWERS_NOT_COMPARED, active, field, inactive, get, names, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://elevenlabs.io/docs/api-reference';

/** Of the environments that have accounts of their own. Source: https://github.com/elevenlabs/elevenlabs-js/blob/main/src/environments.ts */
const HOSTS = ['api.elevenlabs.io', 'api.eu.residency.elevenlabs.io', 'api.in.residency.elevenlabs.io'] as const;

export const elevenlabs = {
  id: 'elevenlabs',
  label: 'ElevenLabs',
  family: 'api-key',
  docs: `${DOCS}/authentication`,
  revoke: 'https://elevenlabs.io/app/developers/api-keys',
  formats: [shaped({ id: 'elevenlabs.api-key', shape: ['sk_', run(HEX, 48)], variable: 'ELEVENLABS_API_KEY' })],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/v1/user/subscription`, { 'xi-api-key': reveal(parts) })),
    read: verdictTable([
      active('subscription', 200, [names('tier')], `${DOCS}/user/subscription/get`),
      restricted('missing-permissions', 401, [field('detail.status', 'missing_permissions')], `${DOCS}/authentication`),
      inactive('invalid-api-key', 401, [field('detail.status', 'invalid_api_key')], `${DOCS}/authentication`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

import { ANSWERS_NOT_COMPARED, active, field, get, inactive, names, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://learning.postman.com/docs/developer/postman-api';
const HOSTS = ['api.getpostman.com', 'api.eu.postman.com'] as const;

export const postman = {
  id: 'postman',
  label: 'Postman',
  family: 'api-key',
  docs: `${DOCS}/authentication/`,
  revoke: 'https://go.postman.co/settings/me/api-keys',
  formats: [shaped({ id: 'postman.api-key', shape: ['PMAK-', run(HEX, 24), '-', run(HEX, 34)], variable: 'POSTMAN_API_KEY' })],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) => HOSTS.map((host) => get(`https://${host}/me`, { 'x-api-key': reveal(parts) })),
    read: verdictTable([
      active('user', 200, [names('user.id')], `${DOCS}/intro-api/`),
      restricted('forbidden', 403, [field('error.name', 'forbiddenError', 'serviceLimitExhausted')], `${DOCS}/intro-api/`),
      inactive('authentication', 401, [field('error.name', 'AuthenticationError')], `${DOCS}/authentication/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

import {
  ANSWERS_NOT_COMPARED,
  active,
  field,
  inactive,
  inHeader,
  names,
  restricted,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, run, shaped } from '../token-shape.ts';

const DOCS = 'https://developers.figma.com/docs/rest-api';

export const figma = {
  id: 'figma',
  label: 'Figma',
  family: 'token',
  docs: `${DOCS}/authentication/`,
  revoke: 'https://help.figma.com/hc/en-us/articles/8085703771159',
  formats: [
    shaped({ id: 'figma.personal-access-token', shape: [['figd_', 'figp_'], run(BASE64URL, 40, 60)], variable: 'FIGMA_TOKEN' }),
  ],
  probe: {
    hosts: ['api.figma.com'],
    effect: 'reads',
    requests: inHeader('https://api.figma.com/v1/me', 'x-figma-token'),
    // Every refusal is a 403: the words alone tell a dead token from one that lacks a scope.
    read: verdictTable([
      active('me', 200, [names('id'), names('handle')], `${DOCS}/users-endpoints/`),
      restricted('scope', 403, [saysAt('err', /^Invalid scope/)], `${DOCS}/errors/`),
      inactive('invalid-token', 403, [field('err', 'Invalid token')], `${DOCS}/errors/`),
      inactive('expired', 403, [saysAt('err', /^Token expired/)], `${DOCS}/errors/`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

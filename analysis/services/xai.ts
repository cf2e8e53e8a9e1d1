import {
  ANSWERS_NOT_COMPARED,
  active,
  authorized,
  field,
  inactive,
  names,
  restricted,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.x.ai/docs/api-reference';

export const xai = {
  id: 'xai',
  label: 'xAI',
  family: 'api-key',
  docs: DOCS,
  revoke: 'https://console.x.ai/',
  formats: [shaped({ id: 'xai.api-key', shape: ['xai-', run(ALNUM, 70, 120)], variable: 'XAI_API_KEY' })],
  probe: {
    hosts: ['api.x.ai'],
    effect: 'reads',
    requests: authorized('https://api.x.ai/v1/api-key'),
    read: verdictTable([
      // The answer describes a key that may be switched off: the flags come before the names.
      inactive('disabled', 200, [names('redacted_api_key'), field('api_key_disabled', true)], `${DOCS}#get-api-key-information`),
      inactive('blocked', 200, [names('redacted_api_key'), field('api_key_blocked', true)], `${DOCS}#get-api-key-information`),
      restricted(
        'team-blocked',
        200,
        [names('redacted_api_key'), field('team_blocked', true)],
        `${DOCS}#get-api-key-information`,
      ),
      active(
        'api-key',
        200,
        [names('redacted_api_key'), field('api_key_disabled', false), field('api_key_blocked', false)],
        `${DOCS}#get-api-key-information`,
      ),
      inactive('incorrect-key', [400, 401], [saysAt('error', /^Incorrect API key provided/)], 'wording of the refusal'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

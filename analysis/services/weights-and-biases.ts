import {
  ANSWERS_NOT_COMPARED,
  active,
  apiAnswer,
  at,
  basicAuth,
  inactive,
  names,
  postJson,
  reveal,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, HEX, keyworded, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.wandb.ai';

export const weightsAndBiases = {
  id: 'weights-and-biases',
  label: 'Weights & Biases',
  family: 'api-key',
  docs: `${DOCS}/support/find_api_key`,
  revoke: 'https://wandb.ai/settings',
  formats: [
    shaped({
      id: 'weights-and-biases.versioned-api-key',
      shape: ['wandb_v1_', run(ALNUM, 27), '_', run(ALNUM, 49)],
      variable: 'WANDB_API_KEY',
    }),
    keyworded({ id: 'weights-and-biases.api-key', keywords: ['wandb'], shape: [run(HEX, 40)], variable: 'WANDB_API_KEY' }),
  ],
  // Companies run it on servers of their own.
  selfHosted: true,
  probe: {
    hosts: ['api.wandb.ai'],
    effect: 'reads',
    effectReason: 'GraphQL is asked by POST; a query cannot change anything.',
    requests: (parts) => [
      postJson(
        'https://api.wandb.ai/graphql',
        { query: '{ viewer { id } }' },
        { authorization: basicAuth('api', reveal(parts)) },
      ),
    ],
    read: verdictTable([
      active('viewer', 200, [names('data.viewer.id')], 'what `wandb login` asks'),
      inactive('no-viewer', 200, [({ json }) => at(json, 'data.viewer') === null], 'what `wandb login` asks'),
      inactive('unauthorized', 401, [apiAnswer], 'what `wandb login` asks'),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the form of keys with a version: it is read off keys in public code'],
} as const satisfies Service;

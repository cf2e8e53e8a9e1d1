import {
  ANSWERS_NOT_COMPARED,
  active,
  apiAnswer,
  inactive,
  names,
  postJson,
  reveal,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { alphabet, HEX, run, shaped, UPPER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://docs.newrelic.com/docs/apis';
/** Of the data centre regions. Source: https://newrelic.com/info/nerdgraph-graphql-api-introduction */
const HOSTS = ['api.newrelic.com', 'api.eu.newrelic.com', 'api.jp.newrelic.com'] as const;

export const newRelic = {
  id: 'new-relic',
  label: 'New Relic',
  family: 'api-key',
  docs: `${DOCS}/intro-apis/new-relic-api-keys/`,
  revoke: 'https://one.newrelic.com/api-keys',
  formats: [
    shaped({ id: 'new-relic.user-key', shape: ['NRAK-', run(UPPER_DIGITS, 27)], variable: 'NEW_RELIC_API_KEY' }),
    shaped({ id: 'new-relic.browser-key', shape: ['NRJS-', run(HEX, 19)], variable: 'NEW_RELIC_BROWSER_KEY' }),
    shaped({ id: 'new-relic.license-key', shape: [run(HEX, 36), 'NRAL'], variable: 'NEW_RELIC_LICENSE_KEY' }),
    shaped({ id: 'new-relic.insert-key', shape: ['NRII-', run(alphabet('A-Za-z0-9_-'), 32)], variable: 'NEW_RELIC_INSERT_KEY' }),
  ],
  judge(parts: Parts): Reading | null {
    return reveal(parts).startsWith('NRJS-') ? { verdict: 'public-by-design', reason: 'browser-key' } : null;
  },
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    effectReason: 'GraphQL is asked by POST; a query cannot change anything.',
    requests(parts) {
      const token = reveal(parts);
      // Keys that send data have no other use: asking would write.
      if (!token.startsWith('NRAK-')) return null;
      return HOSTS.map((host) =>
        postJson(`https://${host}/graphql`, { query: '{ actor { user { id } } }' }, { 'api-key': token }),
      );
    },
    read: verdictTable([
      active('actor', 200, [names('data.actor.user.id')], `${DOCS}/nerdgraph/get-started/introduction-new-relic-nerdgraph/`),
      inactive(
        'invalid-key',
        403,
        [saysAt('errors.0.message', /invalid api[- ]key|not authorized/i)],
        `${DOCS}/nerdgraph/get-started/introduction-new-relic-nerdgraph/`,
      ),
      inactive('unauthorized', 401, [apiAnswer], `${DOCS}/nerdgraph/get-started/introduction-new-relic-nerdgraph/`),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'the wording of the refusal; an answer without the actor, which a fault gives as well, is read as unknown',
  ],
} as const satisfies Service;

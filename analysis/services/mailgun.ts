import { ANSWERS_NOT_COMPARED, active, basicAuth, get, inactive, lists, reveal, says, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { HEX, keyworded, run, shaped } from '../token-shape.ts';

const DOCS = 'https://documentation.mailgun.com/docs/mailgun/api-reference';
/** Accounts live in one of two regions, and the other one does not know them. */
const HOSTS = ['api.mailgun.net', 'api.eu.mailgun.net'] as const;

const readAnswer = verdictTable([
  active('domains', 200, [lists('items')], `${DOCS}/send/mailgun/domains`),
  inactive('forbidden', 401, [says(/^"?Forbidden|Invalid private key/)], `${DOCS}/mg-auth`),
]);

export const mailgun = {
  id: 'mailgun',
  label: 'Mailgun',
  family: 'api-key',
  docs: `${DOCS}/mg-auth`,
  revoke: 'https://app.mailgun.com/settings/api_security',
  formats: [
    shaped({ id: 'mailgun.private-key', shape: ['key-', run(HEX, 32)], variable: 'MAILGUN_API_KEY' }),
    keyworded({
      id: 'mailgun.api-key',
      keywords: ['mailgun', 'mg_api_key'],
      shape: [run(HEX, 32), '-', run(HEX, 8), '-', run(HEX, 8)],
      variable: 'MAILGUN_API_KEY',
    }),
  ],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) =>
      HOSTS.map((host) => get(`https://${host}/v3/domains?limit=1`, { authorization: basicAuth('api', reveal(parts)) })),
    read(response, parts) {
      const reading = readAnswer(response);
      // Keys that may only send look like those of an account, and open no address but that for sending
      // (https://documentation.mailgun.com/docs/mailgun/api-reference/authentication). The old form is an account's.
      const mayOnlySend = reading.verdict === 'inactive' && !reveal(parts).startsWith('key-');
      return mayOnlySend ? { verdict: 'unknown', reason: 'sending-key-possible' } : reading;
    },
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the answer to a key that may only send: a refusal of the newer form is read as unknown'],
} as const satisfies Service;

import { ANSWERS_NOT_COMPARED, active, authorized, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { DIGITS, HEX, run, shaped } from '../token-shape.ts';

const DOCS = 'https://www.mercadopago.com/developers/en';

export const mercadoPago = {
  id: 'mercado-pago',
  label: 'Mercado Pago',
  family: 'token',
  docs: `${DOCS}/docs/your-integrations/credentials`,
  revoke: 'https://www.mercadopago.com/developers/panel/app',
  formats: [
    shaped({
      id: 'mercado-pago.access-token',
      shape: [['APP_USR-', 'TEST-'], run(DIGITS, 15, 17), '-', run(DIGITS, 6), '-', run(HEX, 32), '-', run(DIGITS, 6, 12)],
      variable: 'MP_ACCESS_TOKEN',
    }),
  ],
  probe: {
    hosts: ['api.mercadopago.com'],
    effect: 'reads',
    requests: authorized('https://api.mercadopago.com/users/me'),
    read: verdictTable([
      active('user', 200, [names('id'), names('nickname')], `${DOCS}/reference`),
      inactive(
        'invalid-token',
        [400, 401],
        [saysAt('message', /invalid(?:_| )(?:access(?:_| ))?token|unauthorized/i)],
        `${DOCS}/reference`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusal'],
} as const satisfies Service;

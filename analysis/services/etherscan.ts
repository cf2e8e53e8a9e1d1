import { active, field, get, holds, inactive, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { keyworded, run, UPPER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://docs.etherscan.io';

export const etherscan = {
  id: 'etherscan',
  label: 'Etherscan',
  family: 'api-key',
  docs: `${DOCS}/set-up-your-api-key`,
  revoke: 'https://etherscan.io/apidashboard',
  formats: [
    keyworded({
      id: 'etherscan.api-key',
      keywords: ['etherscan'],
      shape: [run(UPPER_DIGITS, 34)],
      variable: 'ETHERSCAN_API_KEY',
    }),
  ],
  probe: {
    hosts: ['api.etherscan.io'],
    effect: 'reads',
    // More than five wrong keys in half a minute, and the asker is left out for a while.
    perSecond: 0.15,
    requests: (parts) => [
      get(`https://api.etherscan.io/v2/api?module=getapilimit&action=getapilimit&apikey=${encodeURIComponent(reveal(parts))}`),
    ],
    asksForPatience: saysAt('result', /^Too many invalid api key attempts/i),
    read: verdictTable([
      active('usage', 200, [field('status', '1'), holds('result')], `${DOCS}/api-reference/endpoint/getapilimit`),
      inactive(
        'invalid-api-key',
        200,
        [field('status', '0'), field('message', 'NOTOK'), saysAt('result', /^Invalid API Key/)],
        `${DOCS}/resources/common-error-messages`,
      ),
    ]),
  },
} as const satisfies Service;

import {
  ANSWERS_NOT_COMPARED,
  active,
  field,
  get,
  inactive,
  names,
  restricted,
  reveal,
  says,
  saysAt,
  verdictTable,
} from '../service-kit.ts';
import type { Companion, Format, Service } from '../service.ts';
import { DIGITS, GUARD_BEFORE, HEX, placedTogether } from '../token-shape.ts';

const DOCS = 'https://docs.databricks.com';
const WORKSPACE =
  /(?<![\w.-])(?<host>(?:adb-[0-9]{10,20}\.[0-9]{1,2}\.azuredatabricks\.net|dbc-[0-9a-f]{8}-[0-9a-f]{4}\.cloud\.databricks\.com|[0-9]{10,20}\.[0-9]{1,2}\.gcp\.databricks\.com))(?![\w.-])/;

const host: Companion = {
  name: 'host',
  near: { pattern: WORKSPACE, bytes: 2000 },
  anywhere: {
    literals: ['.azuredatabricks.net', '.cloud.databricks.com', '.gcp.databricks.com'],
    reach: 40,
    pattern: WORKSPACE,
    maxLength: 60,
  },
};

const accessToken: Format = {
  id: 'databricks.access-token',
  literals: ['dapi'],
  pattern: new RegExp(`${GUARD_BEFORE}(?<token>dapi[0-9a-f]{32}(?:-[0-9]{1,2})?)(?![\\w-])`),
  maxLength: 40,
  companions: [host],
  redact: () => 'dapi…',
  samples(random) {
    const make = () => `dapi${random.text(32, HEX.letters)}`;
    const pair = (token: string, place: number) => {
      const workspace = [
        `adb-${random.text(16, DIGITS.letters)}.${random.int(20)}.azuredatabricks.net`,
        `dbc-${random.text(8, HEX.letters)}-${random.text(4, HEX.letters)}.cloud.databricks.com`,
        `${random.text(16, DIGITS.letters)}.${random.int(10)}.gcp.databricks.com`,
      ][place % 3];
      const parts = { token, host: workspace ?? '' };
      return { text: placedTogether({ DATABRICKS_HOST: `https://${parts.host}`, DATABRICKS_TOKEN: token }, place), parts };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => pair(make(), place)),
      misses: [pair(make().slice(0, -1), 0).text, pair(`${make()}0`, 1).text, pair(make().replace('dapi', 'dope'), 2).text],
    };
  },
};

export const databricks = {
  id: 'databricks',
  label: 'Databricks',
  family: 'token',
  docs: `${DOCS}/aws/en/dev-tools/auth/pat`,
  revoke: `${DOCS}/aws/en/dev-tools/auth/pat`,
  formats: [accessToken],
  probe: {
    // A workspace's name has up to two labels before the domain, and its cluster is one of a few dozen.
    hosts: [
      '*.cloud.databricks.com',
      ...Array.from({ length: 20 }, (_, cluster) => `*.${cluster}.azuredatabricks.net`),
      ...Array.from({ length: 10 }, (_, cluster) => `*.${cluster}.gcp.databricks.com`),
    ],
    effect: 'reads',
    requests(parts) {
      const workspace = reveal(parts, 'host');
      return [get(`https://${workspace}/api/2.0/preview/scim/v2/Me`, { authorization: `Bearer ${reveal(parts)}` })];
    },
    read: verdictTable([
      active('me', 200, [names('id'), names('userName')], `${DOCS}/api/workspace/currentuser/me`),
      restricted(
        'address-not-allowed',
        403,
        [says(/IP (?:address|access list)/i), says(/blocked|not allowed/i)],
        `${DOCS}/aws/en/security/network/front-end/ip-access-list-workspace`,
      ),
      inactive(
        'invalid-access-token',
        [401, 403],
        [saysAt('message', /^Invalid access token/)],
        `${DOCS}/aws/en/dev-tools/auth/pat`,
      ),
      inactive('unauthenticated', [400, 401, 403], [field('error_code', 'UNAUTHENTICATED')], `${DOCS}/aws/en/dev-tools/auth/pat`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusals'],
} as const satisfies Service;

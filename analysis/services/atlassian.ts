import {
  ANSWERS_NOT_COMPARED,
  active,
  basicAuth,
  get,
  header,
  names,
  reveal,
  says,
  undecided,
  verdictTable,
} from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { BASE64URL, GUARD_BEFORE, LOWER, placedTogether, tenantBut } from '../token-shape.ts';

const DOCS = 'https://developer.atlassian.com/cloud/jira/platform';

const SITE = new RegExp(`(?<![\\w.-])${tenantBut('www')}(?<site>[a-z0-9][a-z0-9-]{1,60}\\.atlassian\\.net)(?![\\w.-])`);

const keyPair: Format = {
  id: 'atlassian.api-token',
  literals: ['ATATT3'],
  pattern: new RegExp(`${GUARD_BEFORE}(?<token>ATATT3[\\w-]{150,230}=[0-9A-F]{8})(?![\\w=-])`),
  maxLength: 245,
  companions: [
    {
      name: 'email',
      near: {
        pattern: /(?<![\w.%+-])(?<email>[A-Za-z0-9][\w.%+-]{0,60}@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,4})(?![\w-])/,
        bytes: 1000,
      },
    },
    { name: 'site', near: { pattern: SITE, bytes: 1000 } },
  ],
  redact: () => 'ATATT3…',
  samples(random) {
    const make = () => `ATATT3xFfGF0${random.text(170, BASE64URL.letters)}=${random.text(8, '0123456789ABCDEF')}`;
    const triple = (token: string, place: number) => {
      const parts = {
        token,
        email: `${random.text(8, LOWER.letters)}@example.com`,
        site: `${random.text(8, LOWER.letters)}.atlassian.net`,
      };
      return { text: placedTogether({ JIRA_EMAIL: parts.email, JIRA_API_TOKEN: token, JIRA_HOST: parts.site }, place), parts };
    };
    const documented = triple(make(), 0);
    return {
      hits: [
        ...[0, 1, 2, 3].map((place) => triple(make(), place)),
        { ...documented, text: documented.text.replace('JIRA_HOST', '# https://your-domain.atlassian.net\nJIRA_HOST') },
      ],
      misses: [triple(make().slice(0, -1), 0).text, triple(`${make()}0`, 1).text, triple(make().replace('=', '-'), 2).text],
    };
  },
};

export const atlassian = {
  id: 'atlassian',
  label: 'Atlassian',
  family: 'token',
  docs: `${DOCS}/basic-auth-for-rest-apis/`,
  revoke: 'https://id.atlassian.com/manage-profile/security/api-tokens',
  formats: [keyPair],
  probe: {
    hosts: ['*.atlassian.net'],
    effect: 'reads',
    requests: (parts) => [
      get(`https://${reveal(parts, 'site')}/rest/api/3/myself`, {
        authorization: basicAuth(reveal(parts, 'email'), reveal(parts)),
      }),
    ],
    // Tokens with scopes look the same, answer at api.atlassian.com alone and are refused by the site:
    // https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
    read: verdictTable([
      active('myself', 200, [names('accountId')], `${DOCS}/rest/v3/api-group-myself/`),
      undecided(
        'scoped-token-possible',
        401,
        [says(/^Client must be authenticated to access this resource/)],
        `${DOCS}/rest/v3/intro/#status-codes`,
      ),
      undecided(
        'scoped-token-possible',
        401,
        [header('x-seraph-loginreason', /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/)],
        `${DOCS}/rest/v3/intro/#status-codes`,
      ),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'how to tell a token with scopes from one without: a refusal by the site is read as unknown',
  ],
} as const satisfies Service;

import { active, basicAuth, field, get, names, reveal, undecided, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { ALNUM, LOWER, placedTogether, tenantBut } from '../token-shape.ts';

const DOCS = 'https://developer.zendesk.com/api-reference';

const SITE = new RegExp(
  `(?<![\\w.-])${tenantBut('apps', 'developer', 'developers', 'help', 'static', 'status', 'support', 'training', 'www')}(?<site>[a-z0-9][a-z0-9-]{1,60}\\.zendesk\\.com)(?![\\w.-])`,
);

const apiToken: Format = {
  id: 'zendesk.api-token',
  literals: ['zendesk'],
  ignoreCase: true,
  pattern: /zendesk[\w.-]{0,24}(?:token|key)["'\]]{0,2}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}["'`]?(?<token>[A-Za-z0-9]{40})(?![\w-])/i,
  maxLength: 100,
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
  redact: () => 'zendesk …',
  samples(random) {
    const make = () => random.text(40, ALNUM.letters);
    const triple = (token: string, place: number) => {
      const parts = {
        token,
        email: `${random.text(8, LOWER.letters)}@example.com`,
        site: `${random.text(8, LOWER.letters)}.zendesk.com`,
      };
      return {
        text: placedTogether({ SUPPORT_EMAIL: parts.email, ZENDESK_API_TOKEN: token, SUPPORT_HOST: parts.site }, place),
        parts,
      };
    };
    const documented = triple(make(), 0);
    return {
      hits: [
        ...[0, 1, 2, 3].map((place) => triple(make(), place)),
        {
          ...documented,
          text: documented.text.replace('SUPPORT_HOST', '# support.zendesk.com, your-company.zendesk.com\nSUPPORT_HOST'),
        },
      ],
      misses: [triple(make().slice(1), 0).text, triple(`${make()}a`, 1).text, triple(`~${make().slice(1)}`, 2).text],
    };
  },
};

export const zendesk = {
  id: 'zendesk',
  label: 'Zendesk',
  family: 'token',
  docs: `${DOCS}/introduction/security-and-auth/`,
  revoke: 'https://support.zendesk.com/hc/en-us/articles/4408889192858',
  formats: [apiToken],
  probe: {
    hosts: ['*.zendesk.com'],
    effect: 'reads',
    requests: (parts) => [
      get(`https://${reveal(parts, 'site')}/api/v2/users/me.json`, {
        authorization: basicAuth(`${reveal(parts, 'email')}/token`, reveal(parts)),
      }),
    ],
    // Nobody in particular is a user as well, without id: that row is no proof of anything. Nor is 403: accounts that answer
    // certain addresses alone say so to everybody. And any mail address near the token was taken for its user's: a good token is
    // refused beside one that is not, as is one of another account.
    read: verdictTable([
      active('user', 200, [names('user.id'), names('user.role')], `${DOCS}/ticketing/users/users/#show-self`),
      undecided(
        'other-user-possible',
        401,
        [field('error', "Couldn't authenticate you")],
        `${DOCS}/introduction/security-and-auth/`,
      ),
    ]),
  },
  unconfirmed: ['the words of a refusal'],
} as const satisfies Service;

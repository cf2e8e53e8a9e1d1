import { active, field, inactive, names, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { ALNUM, DIGITS, draw, GUARD_BEFORE, HEX, placedTogether, run, shaped, UPPER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://docs.slack.dev';
const AUTH_TEST = `${DOCS}/reference/methods/auth.test#errors`;
const ID = run(DIGITS, 10, 13);

/** A browser's token: good only with the cookie of the same session. */
const browserToken: Format = {
  ...shaped({ id: 'slack.browser-token', shape: ['xoxc-', ID, '-', ID, '-', ID, '-', run(HEX, 64)], variable: 'SLACK_TOKEN' }),
  companions: [
    {
      name: 'cookie',
      anywhere: {
        literals: ['xoxd-'],
        pattern: new RegExp(`${GUARD_BEFORE}(?<cookie>xoxd-[\\w%+/=-]{40,400})(?![\\w%+/=-])`),
        maxLength: 405,
      },
    },
  ],
  samples(random) {
    const shape = ['xoxc-', ID, '-', ID, '-', ID, '-', run(HEX, 64)];
    const pair = (token: string, place: number) => {
      const cookie = `xoxd-${random.text(60 + random.int(80), ALNUM.letters)}%2B${random.text(20, ALNUM.letters)}%3D%3D`;
      return { text: placedTogether({ SLACK_TOKEN: token, SLACK_COOKIE: cookie }, place), parts: { token, cookie } };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => pair(draw(shape, random), place)),
      misses: [
        pair(draw(shape, random).slice(0, -1), 0).text,
        pair(`${draw(shape, random)}0`, 1).text,
        pair(draw(shape, random).replace('xoxc', 'xoxz'), 2).text,
      ],
    };
  },
};

/** Errors of `auth.test` for tokens that are dead, and for tokens that are recognised but may not be used like this. */
const DEAD = ['token_revoked', 'token_expired', 'account_inactive', 'invalid_auth'] as const;
const HELD_BACK = [
  'accesslimited',
  'access_denied',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'missing_scope',
  'no_permission',
  'org_login_required',
  'team_access_not_granted',
  'two_factor_setup_required',
] as const;

export const slack = {
  id: 'slack',
  label: 'Slack',
  family: 'token',
  docs: `${DOCS}/authentication/tokens`,
  revoke: `${DOCS}/reference/methods/auth.revoke`,
  formats: [
    shaped({ id: 'slack.bot-token', shape: ['xoxb-', ID, '-', ID, '-', run(ALNUM, 24)], variable: 'SLACK_BOT_TOKEN' }),
    shaped({
      id: 'slack.old-bot-token',
      shape: ['xoxb-', run(DIGITS, 9, 14), '-', run(ALNUM, 18, 26)],
      variable: 'SLACK_BOT_TOKEN',
    }),
    shaped({
      id: 'slack.user-token',
      shape: [['xoxp-', 'xoxa-', 'xoxr-'], ID, '-', ID, '-', ID, '-', run(HEX, 28, 34)],
      variable: 'SLACK_TOKEN',
    }),
    shaped({
      id: 'slack.old-user-token',
      shape: [
        ['xoxp-', 'xoxs-', 'xoxo-', 'xoxa-', 'xoxr-'],
        run(DIGITS, 9, 13),
        '-',
        run(DIGITS, 9, 13),
        '-',
        run(DIGITS, 9, 13),
        '-',
        run(HEX, 10, 12),
      ],
      variable: 'SLACK_TOKEN',
    }),
    shaped({
      id: 'slack.rotating-token',
      shape: [['xoxe.xoxp-', 'xoxe.xoxb-'], run(DIGITS, 1), '-', run(ALNUM, 120, 200)],
      variable: 'SLACK_TOKEN',
    }),
    shaped({
      id: 'slack.refresh-token',
      shape: ['xoxe-', run(DIGITS, 1), '-', run(ALNUM, 120, 200)],
      variable: 'SLACK_REFRESH_TOKEN',
    }),
    shaped({
      id: 'slack.app-level-token',
      shape: ['xapp-', run(DIGITS, 1), '-A', run(UPPER_DIGITS, 8, 12), '-', ID, '-', run(HEX, 64)],
      variable: 'SLACK_APP_TOKEN',
    }),
    browserToken,
  ],
  probe: {
    hosts: ['slack.com'],
    effect: 'reads',
    requests(parts) {
      const token = reveal(parts);
      // Redeeming a refresh token takes it, and its access token, from the owner.
      if (token.startsWith('xoxe-')) return null;
      const cookie = parts['cookie']?.reveal();
      return [
        {
          method: 'POST',
          url: 'https://slack.com/api/auth.test',
          headers: {
            accept: 'application/json',
            authorization: `Bearer ${token}`,
            'content-type': 'application/x-www-form-urlencoded',
            ...(cookie === undefined ? {} : { cookie: `d=${cookie}` }),
          },
        },
      ];
    },
    asksForPatience: field('error', 'ratelimited'),
    read: verdictTable([
      active('ok-true', 200, [field('ok', true), names('team_id')], `${DOCS}/reference/methods/auth.test`),
      active('ok-true', 200, [field('ok', true), names('app_id')], `${DOCS}/reference/methods/auth.test, for an app-level token`),
      ...DEAD.map((error) => inactive(error.replaceAll('_', '-'), 200, [field('ok', false), field('error', error)], AUTH_TEST)),
      ...HELD_BACK.map((error) =>
        restricted(error.replaceAll('_', '-'), 200, [field('ok', false), field('error', error)], AUTH_TEST),
      ),
    ]),
  },
  unconfirmed: [
    'invalid_auth is also the answer where a workspace does not allow our address; it is read as inactive',
    'the lengths of rotating and refresh tokens',
  ],
} as const satisfies Service;

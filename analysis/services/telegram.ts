import { active, field, get, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { BASE64URL, DIGITS, GUARD_BEFORE, samplesOf } from '../token-shape.ts';

const DOCS = 'https://core.telegram.org/bots/api';

/** The bot's number, a colon, 35 characters of which the first two are `AA`. In addresses `bot` stands directly before. */
const botToken: Format = {
  id: 'telegram.bot-token',
  literals: [':AA'],
  reach: 10,
  pattern: new RegExp(`(?:${GUARD_BEFORE}|(?<=/bot))(?<token>[0-9]{7,10}:AA[\\w-]{33})(?![\\w-])`),
  maxLength: 46,
  redact: () => '…:AA…',
  samples(random) {
    const make = () =>
      `${1 + random.int(9)}${random.text(6 + random.int(4), DIGITS.letters)}:AA${random.text(33, BASE64URL.letters)}`;
    const plain = samplesOf('TELEGRAM_BOT_TOKEN', random, make, [
      (token) => token.slice(0, -1),
      (token) => `${token}x`,
      (token) => token.replace(':AA', ':BA'),
      (token) => `1234567${token}`,
      (token) => `${token.slice(0, -8)}~${token.slice(-7)}`,
    ]);
    const token = make();
    return {
      hits: [
        ...plain.hits,
        { text: `curl -s https://api.telegram.org/bot${token}/sendMessage -d chat_id=1\n`, parts: { token } },
      ],
      misses: plain.misses,
    };
  },
};

export const telegram = {
  id: 'telegram',
  label: 'Telegram bot',
  family: 'token',
  docs: `${DOCS}#authorizing-your-bot`,
  revoke: 'https://core.telegram.org/bots/features#botfather',
  formats: [botToken],
  probe: {
    hosts: ['api.telegram.org'],
    effect: 'reads',
    requests: (parts) => [get(`https://api.telegram.org/bot${reveal(parts)}/getMe`)],
    read: verdictTable([
      active('bot', 200, [field('ok', true), names('result.id')], `${DOCS}#getme`),
      inactive(
        'unauthorized',
        401,
        [field('ok', false), field('error_code', 401)],
        `${DOCS}#making-requests (error_code): a token that was revoked`,
      ),
      inactive(
        'not-found',
        404,
        [field('ok', false), field('error_code', 404)],
        `${DOCS}#making-requests (error_code): no such bot, getMe itself always exists`,
      ),
    ]),
  },
} as const satisfies Service;

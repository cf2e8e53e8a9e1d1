import { ANSWERS_NOT_COMPARED, active, authorized, field, inactive, names, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { BASE64URL, DIGITS, GUARD_BEFORE, samplesOf } from '../token-shape.ts';

const DOCS = 'https://docs.discord.com/developers';

/** A bot's number in base64, a time, a signature. The number begins with two digits, whose base64 has ninety beginnings. */
const BEGINNINGS = Array.from({ length: 90 }, (_, index) =>
  Buffer.from(String(index + 10))
    .toString('base64')
    .slice(0, 3),
);

const botToken: Format = {
  id: 'discord.bot-token',
  literals: BEGINNINGS,
  pattern: new RegExp(`${GUARD_BEFORE}(?<token>[MNO][\\w]{22,27}\\.[\\w-]{6}\\.[\\w-]{27,38})(?![\\w-])`),
  maxLength: 74,
  accepts: (parts) => /^\d{17,20}$/.test(Buffer.from(parts['token']?.reveal().split('.')[0] ?? '', 'base64').toString('latin1')),
  redact: () => '…',
  samples(random) {
    const make = () => {
      const id = `${1 + random.int(9)}${random.text(17 + random.int(2), DIGITS.letters)}`;
      const number = Buffer.from(id).toString('base64').replaceAll('=', '');
      return `${number}.${random.text(6, BASE64URL.letters)}.${random.text(27 + random.int(12), BASE64URL.letters)}`;
    };
    return samplesOf('DISCORD_TOKEN', random, make, [
      (token) => token.slice(0, 40),
      (token) => token.padEnd(80, 'x'),
      (token) => token.replace('.', '-'),
      // Letters where the bot's number should be.
      (token) => `${Buffer.from('12345678901234567x').toString('base64').replaceAll('=', '')}${token.slice(token.indexOf('.'))}`,
    ]);
  },
};

export const discord = {
  id: 'discord',
  label: 'Discord bot',
  family: 'token',
  docs: `${DOCS}/reference#authentication`,
  revoke: 'https://discord.com/developers/applications',
  formats: [botToken],
  probe: {
    hosts: ['discord.com'],
    effect: 'reads',
    requests: authorized('https://discord.com/api/v10/users/@me', 'Bot'),
    read: verdictTable([
      active('user', 200, [names('id'), names('username')], `${DOCS}/resources/user#get-current-user`),
      inactive(
        'unauthorized',
        401,
        [field('code', 0), saysAt('message', /^401: Unauthorized/)],
        `${DOCS}/topics/opcodes-and-status-codes`,
      ),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'tokens of people have the same form and are refused as those of a bot: asking as a person is against the terms of Discord',
  ],
} as const satisfies Service;

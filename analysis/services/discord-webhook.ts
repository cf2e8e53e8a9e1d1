import { ANSWERS_NOT_COMPARED, active, field, get, inactive, names, reveal, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { BASE64URL, DIGITS, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.discord.com/developers/resources/webhook';

export const discordWebhook = {
  id: 'discord-webhook',
  label: 'Discord webhook',
  family: 'webhook',
  docs: DOCS,
  revoke: 'https://support.discord.com/hc/articles/228383668',
  formats: [
    shaped({
      id: 'discord-webhook.url',
      shape: [
        ['discord.com', 'discordapp.com', 'ptb.discord.com', 'canary.discord.com'].map((host) => `https://${host}/api/`),
        ['webhooks/', ...[6, 7, 8, 9, 10].map((version) => `v${version}/webhooks/`)],
        run(DIGITS, 17, 20),
        '/',
        run(BASE64URL, 60, 80),
      ],
      variable: 'DISCORD_WEBHOOK_URL',
    }),
  ],
  probe: {
    hosts: ['discord.com'],
    effect: 'reads',
    // Whatever the host in the token, Discord's own is asked; only a POST would write into the channel.
    requests: (parts) => [get(`https://discord.com/api/webhooks/${reveal(parts).split('/webhooks/')[1] ?? ''}`)],
    read: verdictTable([
      active('webhook', 200, [names('id'), names('token')], `${DOCS}#get-webhook-with-token`),
      inactive(
        'unknown-webhook',
        404,
        [field('code', 10015)],
        'https://docs.discord.com/developers/topics/opcodes-and-status-codes',
      ),
      inactive(
        'invalid-token',
        401,
        [field('code', 50027)],
        'https://docs.discord.com/developers/topics/opcodes-and-status-codes',
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED],
} as const satisfies Service;

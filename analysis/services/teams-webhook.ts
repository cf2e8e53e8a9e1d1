import type { Service } from '../service.ts';
import { HEX, LOWER_DIGITS, run, shaped, UUID } from '../token-shape.ts';

export const teamsWebhook = {
  id: 'teams-webhook',
  label: 'Microsoft Teams webhook',
  family: 'webhook',
  docs: 'https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
  revoke: 'https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
  formats: [
    shaped({
      id: 'teams-webhook.url',
      shape: [
        'https://',
        run(LOWER_DIGITS, 2, 40),
        '.webhook.office.com/webhookb2/',
        ...UUID,
        '@',
        ...UUID,
        '/IncomingWebhook/',
        run(HEX, 32),
        '/',
        ...UUID,
      ],
      variable: 'TEAMS_WEBHOOK_URL',
    }),
  ],
  noProbe: 'every address of a webhook takes messages alone, and Teams may show even a poor one',
} as const satisfies Service;

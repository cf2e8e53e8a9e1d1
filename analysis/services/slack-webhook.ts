import { active, inactive, restricted, reveal, says, verdictTable } from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped, UPPER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks';

export const slackWebhook = {
  id: 'slack-webhook',
  label: 'Slack webhook',
  family: 'webhook',
  docs: DOCS,
  revoke: 'https://api.slack.com/apps',
  formats: [
    shaped({
      id: 'slack-webhook.incoming',
      shape: [
        'https://hooks.slack.com/services/T',
        run(UPPER_DIGITS, 8, 12),
        '/B',
        run(UPPER_DIGITS, 8, 12),
        '/',
        run(ALNUM, 24),
      ],
      variable: 'SLACK_WEBHOOK_URL',
    }),
  ],
  probe: {
    hosts: ['hooks.slack.com'],
    effect: 'reads',
    effectReason:
      'A POST that cannot post: the body is not JSON, so Slack refuses it before there is a message. Any well-formed body would be shown in the channel.',
    readsAnything: true,
    requests: (parts) => [
      { method: 'POST', url: reveal(parts), headers: { 'content-type': 'application/json' }, body: '{"not json' },
    ],
    read: verdictTable([
      active('invalid-payload', 400, [says(/^invalid_payload\s*$/)], `${DOCS}#handling_errors`),
      restricted(
        'action-prohibited',
        403,
        [says(/^(?:action_prohibited|posting_to_general_channel_denied)\s*$/)],
        `${DOCS}#handling_errors`,
      ),
      inactive('invalid-token', 403, [says(/^(?:invalid_token|team_disabled)\s*$/)], `${DOCS}#handling_errors`),
      inactive(
        'no-service',
        404,
        [says(/^(?:no_service|no_service_id|no_team|no_active_hooks|channel_not_found)\s*$/)],
        `${DOCS}#handling_errors`,
      ),
      inactive('channel-is-archived', 410, [says(/^channel_is_archived\s*$/)], `${DOCS}#handling_errors`),
    ]),
  },
  unconfirmed: ['whether a webhook of an archived channel complains about the channel before it complains about the body'],
} as const satisfies Service;

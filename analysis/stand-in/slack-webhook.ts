import { textAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

/** Incoming webhooks: answers are single words. A body that is JSON would be shown to people, so it is no known request. */
export const slackWebhook: ServiceStandIn = {
  id: 'slack-webhook',
  answers: [
    'active',
    'restricted:action_prohibited',
    'revoked:no_service',
    'inactive:no_team',
    'inactive:invalid_token',
    'inactive:channel_is_archived',
    'undecided:rollup_error',
  ],
  answer(request, lookup) {
    if (request.method !== 'POST' || !request.path.startsWith('/services/') || isJson(request.body)) return null;
    const known = lookup(`https://${request.host}${request.path}`);
    if (known?.answer === 'active') return textAnswer(400, 'invalid_payload');
    const [, word = 'no_service'] = known?.answer.split(':', 2) ?? [];
    return textAnswer(STATUS[word] ?? 404, word);
  },
};

/** Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const STATUS: Readonly<Record<string, number>> = {
  action_prohibited: 403,
  invalid_token: 403,
  no_service: 404,
  no_team: 404,
  channel_is_archived: 410,
  rollup_error: 500,
};

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

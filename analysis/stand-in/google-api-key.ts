import type { Answer } from '../../crawler/stand-in/server.ts';
import { is, jsonAnswer } from './engine/wire.ts';
import type { ServiceAnswerClass, ServiceStandIn } from './service-stand-in.ts';

const NO_TOKEN =
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';

/** Class of answer, code of the status, its name, the reason in ErrorInfo, and the message. */
const ERRORS: readonly (readonly [ServiceAnswerClass, number, string, string, string])[] = [
  ['inactive', 400, 'INVALID_ARGUMENT', 'API_KEY_INVALID', 'API key not valid. Please pass a valid API key.'],
  ['expired', 400, 'INVALID_ARGUMENT', 'API_KEY_INVALID', 'API key expired. Please renew the API key.'],
  ['inactive:suspended', 403, 'PERMISSION_DENIED', 'CONSUMER_SUSPENDED', 'Permission denied: Consumer has been suspended.'],
  [
    'restricted:service',
    403,
    'PERMISSION_DENIED',
    'API_KEY_SERVICE_BLOCKED',
    'Requests to this API generativelanguage.googleapis.com are blocked.',
  ],
  [
    'restricted:disabled',
    403,
    'PERMISSION_DENIED',
    'SERVICE_DISABLED',
    'Generative Language API has not been used in project 123 before or it is disabled.',
  ],
  [
    'restricted:address',
    403,
    'PERMISSION_DENIED',
    'API_KEY_IP_ADDRESS_BLOCKED',
    'The provided API key has an IP address restriction.',
  ],
  [
    'restricted:referrer',
    403,
    'PERMISSION_DENIED',
    'API_KEY_HTTP_REFERRER_BLOCKED',
    'Requests from referer <empty> are blocked.',
  ],
  [
    'restricted:android',
    403,
    'PERMISSION_DENIED',
    'API_KEY_ANDROID_APP_BLOCKED',
    'Requests from this Android client application <empty> are blocked.',
  ],
  ['public:referrer', 403, 'PERMISSION_DENIED', 'API_KEY_HTTP_REFERRER_BLOCKED', 'Requests from referer <empty> are blocked.'],
  [
    'public:service',
    403,
    'PERMISSION_DENIED',
    'API_KEY_SERVICE_BLOCKED',
    'Requests to this API generativelanguage.googleapis.com are blocked.',
  ],
  ['restricted:standard', 401, 'UNAUTHENTICATED', 'ACCESS_TOKEN_TYPE_UNSUPPORTED', NO_TOKEN],
  ['public:standard', 401, 'UNAUTHENTICATED', 'ACCESS_TOKEN_TYPE_UNSUPPORTED', NO_TOKEN],
  ['undecided:auth-key', 401, 'UNAUTHENTICATED', 'ACCESS_TOKEN_TYPE_UNSUPPORTED', NO_TOKEN],
  ['undecided:organization', 403, 'PERMISSION_DENIED', 'ORG_RESTRICTION_VIOLATION', 'Access denied by organization restriction.'],
];

function answersBut(unlike: RegExp): readonly ServiceAnswerClass[] {
  return ['active' as const, ...ERRORS.map(([answer]) => answer)].filter((answer) => !unlike.test(answer));
}

/** Gemini's list of models. */
export const googleApiKey: ServiceStandIn = {
  id: 'google-api-key',
  answers: ['active', ...ERRORS.map(([answer]) => answer)],
  formatAnswers: {
    'google-api-key.key': answersBut(/^public|auth-key$/),
    'google-api-key.client-key': answersBut(/^restricted|auth-key$/),
    'google-api-key.auth-key': answersBut(/^public|:standard$/),
  },
  answer(request, lookup) {
    if (!is(request, 'GET', '/v1/models')) return null;
    const key = request.headers['x-goog-api-key'] ?? '';
    const known = lookup(key);
    const stranger = key.startsWith('AQ.') ? 'undecided:auth-key' : 'inactive';
    if (known?.answer === 'active')
      return jsonAnswer(200, { models: [{ name: 'models/gemini-pro' }], nextPageToken: 'Cg9tb2RlbHM' });
    const error = ERRORS.find(([answer]) => answer === (known?.answer ?? stranger));
    return error === undefined ? null : refusal(error[1], error[2], error[3], error[4]);
  },
};

function refusal(code: number, status: string, reason: string, message: string): Answer {
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    // The refusal of a kind of token names no domain.
    ...(code === 401 ? {} : { domain: 'googleapis.com' }),
    metadata: { service: 'generativelanguage.googleapis.com' },
  };
  const words = { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message };
  return jsonAnswer(code, { error: { code, message, status, details: [info, words] } });
}

import { active, at, get, inactive, lists, restricted, verdictTable } from '../service-kit.ts';
import type { Marker } from '../service-kit.ts';
import type { Format, ProbeResponse, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { BASE64URL, GUARD_BEFORE, run, shaped } from '../token-shape.ts';

const REASONS = 'https://cloud.google.com/apis/docs/reference/rpc/google.api#errorreason';

/** The reason in the `google.rpc.ErrorInfo` of an error answer is one of these. */
function because(...reasons: readonly string[]): Marker {
  return ({ json }) => {
    const details = at(json, 'error.details');
    return (
      Array.isArray(details) &&
      details.some((detail) => at(detail, 'domain') === 'googleapis.com' && reasons.some((one) => at(detail, 'reason') === one))
    );
  };
}

/** Reason of the refusal of keys without a service account. */
const STANDARD_KEY = 'standard-key';
/** Beginning of the keys that are bound to a service account. */
const AUTH_KEY = 'AQ.Ab8RN6';

const readAnswer = verdictTable([
  active('models', 200, [lists('models')], 'https://ai.google.dev/api/models#method:-models.list'),
  inactive('api-key-invalid', [400, 403], [because('API_KEY_INVALID')], `${REASONS}: in a bad format, not found, or expired`),
  inactive(
    'consumer-gone',
    403,
    [because('CONSUMER_SUSPENDED', 'CONSUMER_INVALID', 'GCP_SUSPENDED')],
    `${REASONS}: the project behind the key is suspended or deleted, so no service takes it`,
  ),
  restricted(
    'service-not-allowed',
    403,
    [because('API_KEY_SERVICE_BLOCKED', 'SERVICE_DISABLED', 'BILLING_DISABLED')],
    `${REASONS}: the key is known, but not for this service`,
  ),
  restricted('address-not-allowed', 403, [because('API_KEY_IP_ADDRESS_BLOCKED')], REASONS),
  restricted(
    'client-bound',
    403,
    [because('API_KEY_HTTP_REFERRER_BLOCKED', 'API_KEY_ANDROID_APP_BLOCKED', 'API_KEY_IOS_APP_BLOCKED')],
    `${REASONS}: the key is known, but bound to a web page or an app`,
  ),
  // Since 2026 Gemini wants keys that are bound to a service account. Keys that do not exist are refused as before.
  restricted(
    STANDARD_KEY,
    401,
    [
      ({ json }) => {
        const details = at(json, 'error.details');
        return Array.isArray(details) && details.some((detail) => at(detail, 'reason') === 'ACCESS_TOKEN_TYPE_UNSUPPORTED');
      },
    ],
    'https://ai.google.dev/gemini-api/docs/api-key (standard keys are rejected), worded in https://github.com/NousResearch/hermes-agent/pull/68285',
  ),
]);

/**
 * Google's browser keys are meant to be read by everyone, so being accepted is no harm by itself. A key counts as public
 * by design when both are so: it stands in the configuration of a Firebase app or in the address of the Maps script, and
 * Google refuses it for Gemini, which would cost its owner money. A key that opens Gemini is active wherever it stands.
 */
function read(response: ProbeResponse, parts: Parts): Reading {
  const reading = readAnswer(response);
  // Of a key that has its service account, this refusal tells nothing: some that are good have met it.
  if (reading.reason === STANDARD_KEY && parts['token']?.reveal().startsWith(AUTH_KEY) === true)
    return { verdict: 'unknown', reason: 'auth-key-refused' };
  const isClientKey = parts['clientKey'] !== undefined;
  return isClientKey && reading.verdict === 'restricted'
    ? { verdict: 'public-by-design', reason: `client-key-${reading.reason}` }
    : reading;
}

const KEY = 'AIza[\\w-]{35}';
/** Before a key of the Maps script: its address; after a key of a Firebase app: the app's domain. */
const MAPS_BEFORE = '(?<=maps/api/js\\?(?:[\\w.,;&=-]{0,30}[&;])?key=)';
const FIREBASE_AFTER = '(?=["\'][\\s\\S]{1,300}\\.firebase(?:app|io|storage)\\.(?:com|app))';

/** The part has a name of its own, which is how the verdict knows where the key stood. */
const clientKey: Format = {
  id: 'google-api-key.client-key',
  literals: ['AIza'],
  pattern: new RegExp(`(?:${MAPS_BEFORE}|${GUARD_BEFORE}(?=${KEY}${FIREBASE_AFTER}))(?<clientKey>${KEY})(?![\\w-])`),
  maxLength: 39 + 330,
  redact: () => 'AIza…',
  samples(random) {
    const make = () => `AIza${random.text(35, BASE64URL.letters)}`;
    const config = (key: string, domain = 'demo-1234.firebaseapp.com') =>
      `const firebaseConfig = {\n  apiKey: "${key}",\n  authDomain: "${domain}",\n  projectId: "demo-1234",\n};\n`;
    const script = (key: string, api = 'js') =>
      `<script async src="https://maps.googleapis.com/maps/api/${api}?callback=init&key=${key}&v=weekly"></script>\n`;
    const [web, json, maps] = [make(), make(), make()];
    return {
      hits: [
        { text: config(web), parts: { clientKey: web } },
        { text: JSON.stringify({ apiKey: json, storageBucket: 'demo-1234.firebasestorage.app' }), parts: { clientKey: json } },
        { text: script(maps), parts: { clientKey: maps } },
      ],
      misses: [
        config(make().slice(0, -1)),
        config(make(), 'login.example.org'),
        script(make(), 'geocode/json'),
        script(`${make()}x`),
      ],
    };
  },
};

export const googleApiKey = {
  id: 'google-api-key',
  label: 'Google API key',
  family: 'api-key',
  docs: 'https://cloud.google.com/docs/authentication/api-keys',
  revoke: 'https://console.cloud.google.com/apis/credentials',
  formats: [
    clientKey,
    shaped({ id: 'google-api-key.key', shape: ['AIza', run(BASE64URL, 35)], variable: 'GOOGLE_API_KEY' }),
    shaped({ id: 'google-api-key.auth-key', shape: [AUTH_KEY, run(BASE64URL, 44)], variable: 'GEMINI_API_KEY' }),
  ],
  probe: {
    hosts: ['generativelanguage.googleapis.com'],
    effect: 'reads',
    requests: (parts) => [
      get('https://generativelanguage.googleapis.com/v1/models?pageSize=1', {
        'x-goog-api-key': (parts['clientKey'] ?? parts['token'])?.reveal() ?? '',
      }),
    ],
    read,
  },
  unconfirmed: [
    'the form of keys that are bound to a service account (AQ.…): it is read off keys in public code',
    'the answer to such a key that was deleted: read as unknown unless it says API_KEY_INVALID',
  ],
} as const satisfies Service;

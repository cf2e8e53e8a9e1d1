import { ANSWERS_NOT_COMPARED, active, basicAuth, field, get, inactive, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { ALNUM, BASE64URL, DIGITS, LOWER, placed } from '../token-shape.ts';

const DOCS = 'https://cloudinary.com/documentation';

const environmentUrl: Format = {
  id: 'cloudinary.url',
  literals: ['cloudinary://'],
  pattern: /(?<!\w)cloudinary:\/\/(?<key>[0-9]{14,16}):(?<secret>[\w-]{27})@(?<cloud>[A-Za-z0-9][A-Za-z0-9_-]{1,60})(?![\w-])/,
  maxLength: 120,
  redact: () => 'cloudinary://…',
  samples(random) {
    const make = () => ({
      key: `1${random.text(14, DIGITS.letters)}`,
      secret: random.text(27, BASE64URL.letters),
      cloud: `${random.text(1, LOWER.letters)}${random.text(8, ALNUM.letters)}`,
    });
    const url = ({ key, secret, cloud }: ReturnType<typeof make>) => `cloudinary://${key}:${secret}@${cloud}`;
    return {
      hits: [0, 1, 2, 3].map((place) => {
        const parts = make();
        return { text: placed('CLOUDINARY_URL', url(parts), place), parts };
      }),
      misses: [
        placed('CLOUDINARY_URL', url(make()).replace('cloudinary', 'cloud'), 0),
        placed('CLOUDINARY_URL', url({ ...make(), secret: 'too-short' }), 1),
        placed('CLOUDINARY_URL', url({ ...make(), key: '123' }), 2),
        placed('CLOUDINARY_URL', 'cloudinary://my_key:my_secret@my_cloud_name', 3),
      ],
    };
  },
};

/** Of the data centres. Source: https://cloudinary.com/documentation/admin_api#alternative_data_centers_and_endpoints_premium_feature */
const HOSTS = ['api.cloudinary.com', 'api-eu.cloudinary.com', 'api-ap.cloudinary.com'] as const;

export const cloudinary = {
  id: 'cloudinary',
  label: 'Cloudinary',
  family: 'credentials',
  docs: `${DOCS}/developer_onboarding_faq_find_credentials`,
  revoke: 'https://console.cloudinary.com/settings/api-keys',
  formats: [environmentUrl],
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) =>
      HOSTS.map((host) =>
        get(`https://${host}/v1_1/${reveal(parts, 'cloud')}/ping`, {
          authorization: basicAuth(reveal(parts, 'key'), reveal(parts, 'secret')),
        }),
      ),
    read: verdictTable([
      active('ping', 200, [field('status', 'ok')], `${DOCS}/admin_api#ping`),
      inactive(
        'credentials',
        401,
        [saysAt('error.message', /unknown api_key|api_secret mismatch|invalid (?:credentials|cloud_name|api_key)|disabled/i)],
        `${DOCS}/admin_api#error_handling`,
      ),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the wording of the refusals'],
} as const satisfies Service;

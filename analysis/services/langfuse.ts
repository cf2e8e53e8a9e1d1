import { active, basicAuth, get, inactive, lists, reveal, saysAt, verdictTable } from '../service-kit.ts';
import type { Format, Service } from '../service.ts';
import { draw, GUARD_BEFORE, placedTogether, UUID } from '../token-shape.ts';

const DOCS = 'https://langfuse.com/docs';

/** Of the data regions. Source: https://langfuse.com/security/data-regions */
const HOSTS = ['cloud.langfuse.com', 'us.cloud.langfuse.com', 'jp.cloud.langfuse.com', 'hipaa.cloud.langfuse.com'] as const;
const UUID_SOURCE = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

const keyPair: Format = {
  id: 'langfuse.key-pair',
  literals: ['sk-lf-'],
  pattern: new RegExp(`${GUARD_BEFORE}(?<secret>sk-lf-${UUID_SOURCE})(?![\\w-])`),
  maxLength: 42,
  companions: [{ name: 'id', near: { pattern: new RegExp(`(?<![\\w-])(?<id>pk-lf-${UUID_SOURCE})(?![\\w-])`), bytes: 600 } }],
  redact: () => 'sk-lf-…',
  samples(random) {
    const make = (prefix: string) => `${prefix}${draw(UUID, random)}`;
    const pair = (secret: string, place: number) => {
      const parts = { id: make('pk-lf-'), secret };
      return { text: placedTogether({ LANGFUSE_PUBLIC_KEY: parts.id, LANGFUSE_SECRET_KEY: secret }, place), parts };
    };
    return {
      hits: [0, 1, 2, 3].map((place) => pair(make('sk-lf-'), place)),
      misses: [pair(make('sk-lf-').slice(0, -1), 0).text, pair(`${make('sk-lf-')}0`, 1).text, pair(make('sk-lg-'), 2).text],
    };
  },
};

export const langfuse = {
  id: 'langfuse',
  label: 'Langfuse',
  family: 'credentials',
  docs: `${DOCS}/api-and-data-platform/features/public-api`,
  revoke: 'https://cloud.langfuse.com/',
  formats: [keyPair],
  // Anyone can host Langfuse.
  selfHosted: true,
  probe: {
    hosts: HOSTS,
    effect: 'reads',
    requests: (parts) =>
      HOSTS.map((host) =>
        get(`https://${host}/api/public/projects`, { authorization: basicAuth(reveal(parts, 'id'), reveal(parts, 'secret')) }),
      ),
    read: verdictTable([
      active('projects', 200, [lists('data')], `${DOCS}/api-and-data-platform/features/public-api`),
      inactive(
        'invalid-credentials',
        401,
        [saysAt('message', /^Invalid (?:credentials|public key)\. Confirm that you've configured the correct host/)],
        'https://github.com/langfuse/langfuse/blob/main/web/src/features/public-api/server/apiAuth.ts',
      ),
    ]),
  },
} as const satisfies Service;

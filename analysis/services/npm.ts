import { createRequire } from 'node:module';
import { crc32Base62 } from '../checksum.ts';
import { ANSWERS_NOT_COMPARED, active, apiAnswer, authorized, inactive, names, verdictTable } from '../service-kit.ts';
import type { Format, Random, Service } from '../service.ts';
import { ALNUM, draw, longest, shaped, sourceOf, UUID } from '../token-shape.ts';

const registry = builtInRegistry();
const host = new URL(registry).host;

/** `npm_`, 30 characters drawn at random, CRC-32 of those 30 in base 62. */
const accessToken: Format = shaped({
  id: 'npm.access-token',
  shape: ['npm_', { of: ALNUM, min: 36, max: 36 }],
  variable: 'NPM_TOKEN',
  accepts: (token) => token.slice(-6) === crc32Base62(token.slice(4, -6)),
  make: checksummed,
  misses: (random) => [wrongChecksum(checksummed(random))],
});

/** Until 2021 a token was a UUID: nothing tells it from others but the line of an .npmrc that belongs to npm's registry. */
const legacyToken: Format = {
  id: 'npm.legacy-token',
  literals: ['_authToken'],
  reach: 2 + host.length + 2,
  pattern: new RegExp(
    `//${host.replaceAll('.', String.raw`\.`)}/:_authToken[ \\t]{0,4}=[ \\t]{0,4}["']?(?<token>${sourceOf(UUID)})(?![\\w-])`,
  ),
  maxLength: 2 + host.length + 2 + '_authToken'.length + 4 + 1 + 4 + 1 + longest(UUID),
  redact: () => '_authToken=…',
  samples(random) {
    const make = () => draw(UUID, random);
    const line = (token: string) => `//${host}/:_authToken=${token}\n`;
    return {
      hits: [make(), make(), make()].map((token, index) => ({
        text: index === 0 ? line(token) : `always-auth=true\n${line(token)}registry=https://${host}/\n`,
        parts: { token },
      })),
      misses: [
        `//npm.example.com/:_authToken=${make()}\n`,
        line(make().slice(0, -1)),
        line(`${make()}0`),
        line(make().replaceAll('-', '_')),
      ],
    };
  },
};

export const npm = {
  id: 'npm',
  label: 'npm',
  family: 'token',
  docs: 'https://docs.npmjs.com/about-access-tokens',
  revoke: 'https://docs.npmjs.com/revoking-access-tokens',
  formats: [accessToken, legacyToken],
  probe: {
    hosts: [host],
    effect: 'reads',
    requests: authorized(new URL('-/whoami', registry).href),
    read: verdictTable([
      active(
        'username',
        200,
        [names('username')],
        'https://github.com/npm/registry/blob/main/docs/user/authentication.md, and what `npm whoami` reads',
      ),
      inactive('unauthorized', 401, [apiAnswer], 'what `npm whoami` reports as E401'),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'the body of the 401 answer',
    'the answer to a token whose allowed addresses exclude ours: it is read as unknown',
  ],
} as const satisfies Service;

/** The registry that npm's own client turns to when nobody configured another. */
function builtInRegistry(): string {
  const options: unknown = createRequire(import.meta.url)('npm-registry-fetch/lib/default-opts.js');
  if (typeof options === 'object' && options !== null && 'registry' in options && typeof options.registry === 'string') {
    return options.registry;
  }
  throw new Error(
    'npm-registry-fetch no longer keeps the default registry in lib/default-opts.js: look where this version has it',
  );
}

function checksummed(random: Random): string {
  const drawn = random.text(30, ALNUM.letters);
  return `npm_${drawn}${crc32Base62(drawn)}`;
}

function wrongChecksum(token: string): string {
  return `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
}

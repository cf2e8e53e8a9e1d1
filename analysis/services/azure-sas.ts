import { ANSWERS_NOT_COMPARED, active, header, inactive, restricted, reveal, verdictTable } from '../service-kit.ts';
import type { Env, Format, Random, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { BASE64, LOWER, placed } from '../token-shape.ts';

const DOCS = 'https://learn.microsoft.com/azure/storage/common/storage-sas-overview';
const CODES = 'https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes';

const signedUrl: Format = {
  id: 'azure-sas.blob-url',
  literals: ['.blob.core.windows.net/'],
  reach: 33,
  pattern:
    /(?<![\w-])(?<token>https:\/\/[a-z0-9]{3,24}\.blob\.core\.windows\.net\/[\w.~%/$-]{0,300}\?(?:[a-z]{2,5}=[\w.~%:,+/-]{1,120}&){3,14}[a-z]{2,5}=[\w.~%:,+/=-]{1,120})(?![\w%&=-])/,
  maxLength: 2600,
  accepts(parts) {
    const { searchParams } = new URL(reveal(parts));
    const signature = Buffer.from((searchParams.get('sig') ?? '').replaceAll(' ', '+'), 'base64');
    return signature.length === 32 && searchParams.has('sv') && searchParams.has('sp');
  },
  redact: () => 'https://….blob.core.windows.net/…?sig=…',
  samples(random) {
    const make = (kind: SasKind = 'b') => makeSas(random, new Date(Date.UTC(2035 + random.int(20), random.int(12), 1)), kind);
    const hits = (['b', 'c', 'b', 'account'] as const).map((kind, place) => {
      const token = make(kind);
      return { text: placed('BLOB_URL', token, place), parts: { token } };
    });
    return {
      hits,
      misses: [
        placed('BLOB_URL', make().replace(/sig=[^&]+/, 'sig=abc'), 0),
        placed('BLOB_URL', make().replace('sv=', 'xv='), 1),
        placed('BLOB_URL', make().replace('windows.net', 'windows.example'), 2),
        placed('BLOB_URL', make().split('?')[0] ?? '', 3),
      ],
    };
  },
};

export const azureSas = {
  id: 'azure-sas',
  label: 'Azure shared access signature',
  family: 'token',
  docs: DOCS,
  revoke: `${DOCS}#best-practices-when-using-sas`,
  formats: [signedUrl],
  judge(parts: Parts, env: Env): Reading | null {
    const expires = Date.parse(new URL(reveal(parts)).searchParams.get('se') ?? '');
    return Number.isFinite(expires) && expires <= env.now.getTime() ? { verdict: 'inactive', reason: 'expired' } : null;
  },
  probe: {
    hosts: ['*.blob.core.windows.net'],
    effect: 'reads',
    readsAnything: true,
    requests(parts) {
      const url = reveal(parts);
      // Without the right to read there is nothing to ask that would not write or delete.
      if (!new URL(url).searchParams.get('sp')?.includes('r')) return null;
      return [{ method: 'HEAD', url: blobAddress(url) }];
    },
    // A HEAD has no body; Azure names the error in a header.
    read: verdictTable([
      active('blob', [200, 206], [header('x-ms-request-id', /^[0-9a-f-]{36}$/i), header('x-ms-blob-type', /Blob$/)], CODES),
      active('no-such-blob', 404, [header('x-ms-error-code', /^(?:BlobNotFound|ResourceNotFound|ContainerNotFound)$/)], CODES),
      restricted(
        'not-permitted',
        403,
        [
          header(
            'x-ms-error-code',
            /^Authorization(?:PermissionMismatch|ResourceTypeMismatch|ServiceMismatch|SourceIPMismatch|ProtocolMismatch|Failure)$/,
          ),
        ],
        CODES,
      ),
      inactive('authentication-failed', 403, [header('x-ms-error-code', /^AuthenticationFailed$/)], CODES),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'function and workflow addresses with a signature are not looked for: asking would run them',
  ],
} as const satisfies Service;

/**
 * The address of a blob, which need not be there: where the signature is for a container or for a whole account, the address
 * may end before. A container's name alone would be taken for a blob of the root container, for which the signature is none.
 */
function blobAddress(url: string): string {
  const { pathname, searchParams } = new URL(url);
  const resource = searchParams.get('sr');
  if (resource !== null && resource !== 'c') return url;
  const names = pathname.split('/').filter((name) => name !== '');
  const [address = '', query = ''] = url.split('?');
  return `${[address.replace(/\/+$/, ''), ...['no-such-container', 'no-such-blob'].slice(names.length)].join('/')}?${query}`;
}

/** What a signature is for: a blob, a container, or a whole account. */
const KINDS = { b: 'files/', c: 'files', account: '' } as const;
export type SasKind = keyof typeof KINDS;

export function makeSas(random: Random, expires: Date, kind: SasKind = 'b'): string {
  const query = new URLSearchParams({
    sv: '2023-11-03',
    st: new Date(expires.getTime() - 86_400_000).toISOString().slice(0, 19) + 'Z',
    se: expires.toISOString().slice(0, 19) + 'Z',
    ...(kind === 'account' ? { ss: 'b', srt: 'sco' } : { sr: kind }),
    sp: 'r',
    sig: `${random.text(42, BASE64.letters)}${random.text(1, 'AEIMQUYcgkosw048')}=`,
  });
  const blob = kind === 'b' ? `${random.text(6, LOWER.letters)}.bin` : '';
  return `https://${random.text(10, LOWER.letters)}.blob.core.windows.net/${KINDS[kind]}${blob}?${query.toString()}`;
}

import { createHmac } from 'node:crypto';
import { ANSWERS_NOT_COMPARED, active, inactive, restricted, reveal, says, verdictTable } from '../service-kit.ts';
import type { Env, Format, ProbeRequest, Reading, Service } from '../service.ts';
import type { Parts } from '../secret.ts';
import { BASE64, LOWER, LOWER_DIGITS } from '../token-shape.ts';

const DOCS = 'https://learn.microsoft.com/azure/storage/common';
const REST = 'https://learn.microsoft.com/rest/api/storageservices';
const VERSION = '2023-11-03';
/** Of the clouds, each of which has accounts of its own. Source: https://learn.microsoft.com/azure/storage/common/storage-powershell-independent-clouds */
const SUFFIXES = ['core.windows.net', 'core.chinacloudapi.cn', 'core.usgovcloudapi.net'] as const;

const accountKey: Format = {
  id: 'azure-storage.account-key',
  literals: ['AccountKey='],
  ignoreCase: true,
  // The cloud stands behind the key where it is not the public one.
  pattern:
    /(?<![A-Za-z0-9])AccountKey=(?<key>[A-Za-z0-9+/]{86}==)(?:;EndpointSuffix=(?<suffix>core\.(?:chinacloudapi\.cn|usgovcloudapi\.net))(?![\w.-])|(?![A-Za-z0-9+/=]))/i,
  maxLength: 140,
  companions: [
    { name: 'account', near: { pattern: /(?<![A-Za-z0-9])AccountName=(?<account>[a-z0-9]{3,24})(?![A-Za-z0-9])/i, bytes: 300 } },
  ],
  redact: () => 'AccountKey=…',
  samples(random) {
    const key = () => `${random.text(85, BASE64.letters)}${random.text(1, 'AQgw')}==`;
    const connection = (account: string, text: string, suffix: string = SUFFIXES[0]) =>
      `DefaultEndpointsProtocol=https;AccountName=${account};AccountKey=${text};EndpointSuffix=${suffix}`;
    const hits = [0, 1, 2, 3].map((place) => {
      const account = `${random.text(1, LOWER.letters)}${random.text(9, LOWER_DIGITS.letters)}`;
      const parts = { key: key(), account, ...(place > 1 ? { suffix: SUFFIXES[place - 1] ?? SUFFIXES[1] } : {}) };
      const text = connection(parts.account, parts.key, parts.suffix);
      return {
        text: place === 0 ? `STORAGE="${text}"\n` : place === 1 ? `{"ConnectionStrings": {"Blobs": "${text}"}}` : `${text}\n`,
        parts,
      };
    });
    return {
      hits,
      misses: [
        connection('demo', key().slice(1)),
        connection('demo', `A${key()}`),
        connection('demo', key().replace('==', '')),
        connection('demo', key()).replace('AccountKey', 'SharedKey'),
      ],
    };
  },
};

export const azureStorage = {
  id: 'azure-storage',
  label: 'Azure Storage',
  family: 'credentials',
  docs: `${DOCS}/storage-account-keys-manage`,
  revoke: `${DOCS}/storage-account-keys-manage#manually-rotate-access-keys`,
  formats: [accountKey],
  judge(parts: Parts): Reading | null {
    // The emulator's account and key are a constant that is printed in the documentation.
    return parts['account']?.reveal() === 'devstoreaccount1' ? { verdict: 'published-example', reason: 'emulator' } : null;
  },
  probe: {
    hosts: SUFFIXES.map((suffix) => `*.blob.${suffix}`),
    effect: 'reads',
    requests: (parts, env) => [listContainers(parts, env)],
    read: verdictTable([
      active('containers', 200, [says(/<EnumerationResults\b/)], `${REST}/list-containers2`),
      restricted(
        'key-not-permitted',
        403,
        [says(/<Code>(?:KeyBasedAuthenticationNotPermitted|AuthorizationFailure|AuthorizationPermissionMismatch)</)],
        `${REST}/common-rest-api-error-codes`,
      ),
      restricted('account-disabled', 403, [says(/<Code>AccountIsDisabled</)], `${REST}/common-rest-api-error-codes`),
      inactive('authentication-failed', 403, [says(/<Code>AuthenticationFailed</)], `${REST}/common-rest-api-error-codes`),
    ]),
  },
  unconfirmed: [
    ANSWERS_NOT_COMPARED,
    'accounts that are gone have no host name any more: that is read as unknown, not as inactive',
  ],
} as const satisfies Service;

/** Shared Key authorization. Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
function listContainers(parts: Parts, env: Env): ProbeRequest {
  const account = reveal(parts, 'account').toLowerCase();
  const suffix = parts['suffix']?.reveal().toLowerCase() ?? SUFFIXES[0];
  const date = env.now.toUTCString();
  const headers = `x-ms-date:${date}\nx-ms-version:${VERSION}\n`;
  const toSign = `GET${'\n'.repeat(12)}${headers}/${account}/\ncomp:list\nmaxresults:1`;
  const signature = createHmac('sha256', Buffer.from(reveal(parts, 'key'), 'base64'))
    .update(toSign, 'utf8')
    .digest('base64');
  return {
    method: 'GET',
    url: `https://${account}.blob.${suffix}/?comp=list&maxresults=1`,
    headers: { 'x-ms-date': date, 'x-ms-version': VERSION, authorization: `SharedKey ${account}:${signature}` },
  };
}

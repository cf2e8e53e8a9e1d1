import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { Finding, ScanReport, Verdict } from '../data/model.ts';
import { policyOf } from '../data/policies.ts';
import { sarifOf } from './sarif.ts';

const CONTEXT = {
  version: '1.2.3',
  services: [{ id: 'slack', label: 'Slack', docs: 'https://docs.example.org/slack', revoke: 'https://docs.example.org/revoke' }],
};

function finding(verdict: Verdict, path: readonly string[], more: Partial<Finding> = {}): Finding {
  return {
    service: 'slack',
    format: 'slack.bot-token',
    family: 'token',
    verdict,
    reason: 'ok-true',
    policy: policyOf('token', verdict),
    place: { path, line: 3, column: 9, offset: 42, length: 56, decoding: [], label: 'source' },
    fingerprint: 'ab'.repeat(32),
    redacted: 'xoxb-…',
    ...more,
  };
}

function report(findings: readonly Finding[], skipped: ScanReport['skipped'] = []): ScanReport {
  return {
    artifact: { name: 'dist/left pad.tgz', bytes: 1234, sha256: 'cd'.repeat(32) },
    findings,
    skipped,
    stats: { entries: 2, bytes: 9, ms: 1 },
  };
}

const IN_PACKAGE = ['dist/left pad.tgz', 'package/index.js'] as const;

/** The schema as OASIS published it, in the older dialect of JSON Schema that differs here by one keyword. */
const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, 'sarif-2.1.0.schema.json'), 'utf8').replace(/"(\$schema|id)": "[^"]*",/g, ''),
) as object;
const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true }).compile(schema);

function errorsOf(reports: readonly ScanReport[]): unknown {
  validate(JSON.parse(JSON.stringify(sarifOf(reports, CONTEXT))));
  return validate.errors ?? [];
}

describe('SARIF', () => {
  test('the schema tells a wrong log from a right one', () => {
    const log = sarifOf([report([finding('active', IN_PACKAGE)])], CONTEXT);
    expect(validate(JSON.parse(JSON.stringify(log)))).toBe(true);
    expect(validate(JSON.parse(JSON.stringify(log).replace('"level":"error"', '"level":"fatal"')))).toBe(false);
    expect(validate({ ...log, version: '3.0.0' })).toBe(false);
  });

  test.each([
    ['active', 'SQ34401', 'fail', 'error'],
    ['restricted', 'SQ34401', 'fail', 'error'],
    ['inactive', 'SQ34253', 'fail', 'warning'],
    ['untested', 'SQ34304', 'fail', 'error'],
    ['published-example', 'SQ34251', 'fail', 'note'],
    ['canary', 'SQ34252', 'fail', 'note'],
    ['unknown', 'SQ34401', 'open', 'none'],
    ['public-by-design', 'SQ34401', 'informational', 'none'],
  ] as const)('a token that is %s: %s, %s, %s', (verdict, ruleId, kind, level) => {
    const reports = [report([finding(verdict, IN_PACKAGE)])];
    const [run] = sarifOf(reports, CONTEXT).runs;
    const [result] = run?.results ?? [];
    expect(result).toMatchObject({ ruleId, kind, level });
    expect(run?.tool.driver.rules?.[result?.ruleIndex ?? -1]?.id).toBe(ruleId);
    expect(errorsOf(reports)).toEqual([]);
  });

  test('files inside packages are nested artifacts, each listed once, the package with digest and size', () => {
    const deep = [...IN_PACKAGE, 'inner/a.txt'];
    const [run] = sarifOf(
      [report([finding('active', IN_PACKAGE), finding('inactive', deep), finding('active', deep)])],
      CONTEXT,
    ).runs;
    expect(run?.artifacts).toEqual([
      {
        location: { uri: 'dist/left%20pad.tgz' },
        length: 1234,
        hashes: { 'sha-256': 'cd'.repeat(32) },
        roles: ['analysisTarget'],
      },
      { location: { uri: '/package/index.js' }, parentIndex: 0 },
      { location: { uri: '/inner/a.txt' }, parentIndex: 1 },
    ]);
    expect(run?.results?.map((one) => one.locations?.[0]?.physicalLocation?.artifactLocation?.index)).toEqual([1, 2, 2]);
    expect(run?.results?.every((one) => one.analysisTarget?.index === 0)).toBe(true);
  });

  test('a region has the line, and bytes instead of a column of characters', () => {
    const [run] = sarifOf([report([finding('active', IN_PACKAGE)])], CONTEXT).runs;
    expect(run?.results?.[0]?.locations?.[0]?.physicalLocation?.region).toEqual({ startLine: 3, byteOffset: 42, byteLength: 56 });
  });

  test('what could not be read is a notification with its reason and place', () => {
    const reports = [
      report([], [{ path: IN_PACKAGE, reason: 'encrypted', detail: 'package/index.js is encrypted' }]),
      {
        ...report([], [{ path: ['gone.gem'], reason: 'not-found', detail: 'there is no gone.gem' }]),
        artifact: { name: 'gone.gem', bytes: 0, sha256: '' },
      },
    ];
    const [run] = sarifOf(reports, CONTEXT).runs;
    expect(run?.results).toEqual([]);
    expect(run?.invocations?.[0]?.toolExecutionNotifications?.map((one) => one.descriptor?.id)).toEqual([
      'encrypted',
      'not-found',
    ]);
    expect(run?.tool.driver.notifications?.map((one) => one.id)).toEqual(['encrypted', 'not-found']);
    expect(errorsOf(reports)).toEqual([]);
  });

  test('hostile names and details stay text', () => {
    const path = ['a:b{0}.tgz', '../../etc/[x](https://evil.example)\uD800 "\n'];
    const reports = [report([finding('active', path)], [{ path, reason: 'truncated', detail: 'saw {0} and [a](b) \\' }])];
    const [run] = sarifOf(reports, CONTEXT).runs;
    expect(run?.artifacts?.at(1)?.location?.uri).toBe('a%3Ab%7B0%7D.tgz');
    expect(run?.artifacts?.at(2)?.location?.uri).toMatch(
      /^\/%2E%2E\/%2E%2E\/etc\/%5Bx%5D\(https%3A\/\/evil\.example\)%EF%BF%BD%20%22%0A$/,
    );
    expect(run?.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toBe('saw {{0}} and \\[a\\](b) \\\\');
    expect(errorsOf(reports)).toEqual([]);
  });

  test('names the service and how to revoke, for services it knows', () => {
    const text = (one: Finding) => sarifOf([report([one])], CONTEXT).runs[0]?.results?.[0]?.message.text;
    expect(text(finding('active', IN_PACKAGE))).toBe(
      'Slack token xoxb-…: active (ok-true). How to revoke it: https://docs.example.org/revoke',
    );
    expect(text(finding('unknown', IN_PACKAGE, { reason: 'http-503' }))).toBe(
      'Slack token xoxb-…: could not be told (http-503).',
    );
    expect(text(finding('active', IN_PACKAGE, { service: 'other' }))).toBe('other token xoxb-…: active (ok-true).');
  });

  test('the same reports give the same log, and no report an empty one', () => {
    const reports = [report([finding('active', IN_PACKAGE)])];
    expect(JSON.stringify(sarifOf(reports, CONTEXT))).toBe(JSON.stringify(sarifOf(reports, CONTEXT)));
    expect(sarifOf([], CONTEXT).runs[0]).toMatchObject({ results: [], artifacts: [], tool: { driver: { rules: [] } } });
    expect(errorsOf([])).toEqual([]);
  });
});

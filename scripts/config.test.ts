import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_DATABASE } from '../data/location.ts';
import { readConfig } from './config.ts';
import { UsageError } from './errors.ts';
import { readKey } from './key.ts';
import { readWordList } from './known-tokens.ts';

function file(name: string, text: string | Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'incidence-config-')), name);
  writeFileSync(path, text);
  return path;
}

function problem(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('configuration', () => {
  test('has defaults that touch no network', () => {
    const config = readConfig({ env: {} });
    expect(config.validation.mode).toBe('off');
    expect(config.contact).toBeUndefined();
    expect(config.db).toBe(DEFAULT_DATABASE);
  });

  test('reads YAML and JSON alike', () => {
    const yaml = readConfig({
      file: file('a.yaml', 'contact: team@example.org\nregistries:\n  npm:\n    rates: {registry: 1}\n'),
      env: {},
    });
    const json = readConfig({
      file: file('a.json', '{"contact":"team@example.org","registries":{"npm":{"rates":{"registry":1}}}}'),
      env: {},
    });
    expect(json).toEqual(yaml);
    expect(yaml.registries.npm?.rates['registry']).toBe(1);
  });

  test('options beat variables, variables beat the file', () => {
    const path = file('a.yaml', 'seed: file\ndb: file.db\nsample: 1\n');
    const env = { INCIDENCE_SEED: 'env', INCIDENCE_DB: 'env.db', INCIDENCE_RELAUNCHED: '1' };
    expect(readConfig({ file: path, env, options: { seed: 'option' } })).toMatchObject({
      seed: 'option',
      db: 'env.db',
      sample: 1,
    });
  });

  test('a variable reaches every level', () => {
    const config = readConfig({
      env: {
        INCIDENCE_REGISTRIES__PYPI__ORIGINS__INDEX: 'http://127.0.0.1:1/',
        INCIDENCE_LIMITS__ARTIFACT_BYTES: '5',
        'INCIDENCE_VALIDATION__SERVICES__SLACK-WEBHOOK__ENABLED': 'false',
      },
    });
    expect(config.registries.pypi?.origins['index']).toBe('http://127.0.0.1:1');
    expect(config.limits.artifactBytes).toBe(5);
    expect(config.validation.services['slack-webhook']?.enabled).toBe(false);
  });

  test('a variable has no type: what reads like a number is a text where one is expected', () => {
    const env = { INCIDENCE_SEED: '202611', INCIDENCE_PERIOD: 'true', INCIDENCE_SAMPLE: '5' };
    expect(readConfig({ env })).toMatchObject({ seed: '202611', period: 'true', sample: 5 });
  });

  test('a mistake in a variable names the variable, unless an option replaced it', () => {
    const env = { INCIDENCE_HOME: '/srv', INCIDENCE_SAMPLE: '-1', INCIDENCE_SEED: '7' };
    const said = problem(() => readConfig({ env }));
    expect(said).toContain('INCIDENCE_HOME: the settings: unknown setting home');
    expect(said).toContain('INCIDENCE_SAMPLE: sample: ');
    expect(said).not.toContain('seed:');
    expect(problem(() => readConfig({ env: { INCIDENCE_SAMPLE: '5' }, options: { sample: -1 } }))).not.toContain(
      'INCIDENCE_SAMPLE',
    );
  });

  test.skipIf(!existsSync('/dev/zero'))('a device goes on for ever and is refused', () => {
    expect(problem(() => readConfig({ file: '/dev/zero', env: {} }))).toContain('more than 64 MB');
    expect(() => readKey('/dev/zero')).toThrow('holds no key');
  });

  test.each([
    [
      'an origin of no role',
      'registries: {npm: {origins: {registy: "http://127.0.0.1:1"}}}\n',
      /origins\.registy: there is no role "registy"; there are registry/,
    ],
    [
      'a rate of no role',
      'registries: {pypi: {rates: {registry: 1}}}\n',
      /rates\.registry: there is no role "registry"; there are index/,
    ],
    ['an unknown setting', 'contacts: a@b.c\n', /unknown setting contacts/],
    ['an unknown registry', 'registries: {maven: {}}\n', /unknown setting maven; there are rubygems, nuget, pypi, npm/],
    ['a negative rate', 'registries: {npm: {rates: {registry: -1}}}\n', /registries\.npm\.rates\.registry: more than 0/],
    ['a contact that is none', 'contact: me\n', /contact: a mail address or a URL/],
    ['a contact that no header takes', 'contact: https://example.org/日本\n', /contact: a mail address or a URL .* in ASCII/],
    ['an unknown mode', 'validation: {mode: maybe}\n', /validation\.mode: one of off, offline, live, not "maybe"/],
    ['a negative sample', 'sample: -3\n', /sample/],
    ['a list', '- a\n', /must hold settings by name/],
    ['broken YAML', 'seed: a\nb: [\n', /neither YAML nor JSON: .* in line [23]/],
    [
      'an unknown service',
      'seed: a\nvalidation:\n  services:\n    slak: {}\n',
      /line 4: validation\.services\.slak: .* there are aws, .*slack/,
    ],
    [
      'a host without https',
      'validation:\n  services:\n    gitlab:\n      host: http://gitlab.example\n',
      /line 4: validation\.services\.gitlab\.host: takes an https URL \(or http on loopback\)/,
    ],
    [
      'a token in place of its hash',
      'validation:\n  canaries:\n    - sha256: a-token\n      source: mine\n',
      /line 3: validation\.canaries\.0\.sha256: the SHA-256(?!.*a-token)/,
    ],
    [
      'an example without a source',
      'validation:\n  examples: [{sha256: x}]\n',
      /examples\.0\.source: where the token comes from/,
    ],
    [
      'a bare token as an example',
      'validation:\n  examples: [a-token]\n',
      /examples\.0: takes sha256 and source, and nothing else\n?$/,
    ],
  ])('refuses %s and says what it takes', (_, text, message) => {
    expect(problem(() => readConfig({ file: file('bad.yaml', text), env: {} }))).toMatch(message);
  });

  test('a missing file is named', () => {
    expect(problem(() => readConfig({ file: '/nowhere/at-all.yaml', env: {} }))).toMatch(
      /at-all\.yaml cannot be read \(ENOENT\)/,
    );
  });
});

describe('a word list of demo secrets', () => {
  const listed = (text: string | Uint8Array) => readWordList(file('words.txt', text));

  test('has a secret a line, each once, whatever it begins with', () => {
    expect(listed('secret\r\n\n# no comment\nsecret\n')).toEqual(['secret', '# no comment']);
  });

  test.each([
    ['control characters', 'a\nb\u0000c\n', /line 2 has control characters/],
    ['a line that is no word', `a\nb\n${'x'.repeat(1025)}`, /line 3 has 1025 characters, more than 1024/],
    ['bytes that are no text', Buffer.from([97, 10, 255, 10]), /not UTF-8 text: see line 2/],
    ['nothing', '\n', /has no words/],
  ])('with %s is refused by its line', (_, text, message) => {
    expect(problem(() => listed(text))).toMatch(message);
  });
});

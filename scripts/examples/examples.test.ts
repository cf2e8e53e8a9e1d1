import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema, readConfig } from '../config.ts';
import { examine } from '../doctor.ts';

const FOLDER = import.meta.dirname;
const EXAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

/** What editors need to complete and check a configuration file; what a setting means is said in `config.ts` alone. */
const jsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Configuration of Incidence',
  ...z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' }),
};

const isValid = addFormats.default(new Ajv2020({ strict: false })).compile(jsonSchema);

test('config.schema.json is the schema of the configuration (write it anew: vitest run scripts/examples -u)', async () => {
  await expect(`${JSON.stringify(jsonSchema, null, 2)}\n`).toMatchFileSnapshot('config.schema.json');
});

test.each(EXAMPLES)('%s is a configuration, to the program and to editors', (name) => {
  const file = join(FOLDER, name);
  expect(readConfig({ file, env: {} }).contact).toBe('research@example.org');
  expect(isValid(parse(readFileSync(file, 'utf8'))), JSON.stringify(isValid.errors)).toBe(true);
});

test.each(EXAMPLES)('%s: the doctor finds nothing in the way, but wants a contact that reaches somebody', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  try {
    const config = readConfig({ file: join(FOLDER, name), env: {}, options: { db: join(folder, 'x.db') } });
    const findings = await examine({ config, env: {}, now: Date.now, offline: true });
    expect(findings.filter(({ health }) => health === 'problem')).toEqual([]);
    expect(findings.find(({ check }) => check === 'contact')?.health).toBe('warning');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('the schema refuses what the program refuses', () => {
  test.each([
    ['an unknown setting', { contacts: 'a@example.org' }],
    ['a negative rate', { registries: { npm: { rates: { registry: -1 } } } }],
    ['an unknown registry', { registries: { cargo: {} } }],
    ['an unknown mode', { validation: { mode: 'always' } }],
  ])('%s', (_, settings) => {
    expect(isValid(settings)).toBe(false);
    expect(() => readConfig({ env: {}, options: settings })).toThrow(/cannot be used/);
  });
});

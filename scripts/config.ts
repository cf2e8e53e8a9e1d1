/**
 * The configuration: one schema for the file, the environment and the options, parsed once and frozen.
 *
 * Precedence, weakest first: defaults, the file (`--config`, YAML or JSON), `INCIDENCE_*` variables, options. A variable
 * names a setting by its path with two underscores between levels: `INCIDENCE_REGISTRIES__NPM__ORIGINS__REGISTRY`.
 */
import { z } from 'zod';
import { SERVICES } from '../analysis/services/index.ts';
import { hostProblem } from '../analysis/validate/target.ts';
import { ROLES } from '../crawler/roles.ts';
import { parseSampleSize } from '../crawler/sample.ts';
import { DEFAULT_DATABASE } from '../data/location.ts';
import type { RegistryId } from '../data/model.ts';
import { UsageError } from './errors.ts';
import { readWrittenFile, type WrittenFile } from './written-file.ts';

/** How many unranked packages to draw, as people write it; `parseSampleSize` says what it means. */
const sampleSize = z.union([z.number(), z.string()]).superRefine((value, context) => {
  try {
    parseSampleSize(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});
export type SampleSetting = z.infer<typeof sampleSize>;

const origin = z.url({ protocol: /^https?$/, error: 'an http or https URL' }).transform((url) => url.replace(/\/+$/, ''));

const registry = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether a run covers this registry'),
  origins: z
    .record(z.string(), origin)
    .default({})
    .describe('Mirrors or stand-ins in place of the registry, by role; crawler/README.md lists the roles'),
  rates: z
    .record(z.string(), z.number().positive('more than 0 requests per second'))
    .default({})
    .describe("Requests per second by role; at most what the registry's budget allows unless the origin is one's own"),
  sample: sampleSize.optional().describe('As the top-level sample, for this registry alone'),
});

/** Settings of one registry; a role that it has not is a mistake: a mirror that is never asked, a rate that holds nothing back. */
function registryWith(roles: readonly string[]) {
  return registry.superRefine((settings, context) => {
    for (const what of ['origins', 'rates'] as const) {
      for (const role of Object.keys(settings[what])) {
        if (roles.includes(role)) continue;
        const message = `there is no role ${JSON.stringify(role)}; there are ${roles.join(', ')}`;
        context.addIssue({ code: 'custom', path: [what, role], message });
      }
    }
  });
}

const service = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the service may be asked'),
  host: z
    .string()
    .superRefine((host, context) => {
      const problem = hostProblem(host);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    })
    .optional()
    .describe("Where to ask instead of the service's own host; {host} in its path stands for the original host name"),
  family: z
    .enum(['token', 'api-key', 'webhook', 'credentials'])
    .optional()
    .describe('Which policies its findings count for, in place of what the service declares'),
  allowEffects: z.boolean().default(false).describe('Allows a check whose effect is not a plain read, for this service alone'),
});

const SERVICE_IDS: ReadonlySet<string> = new Set(SERVICES.map(({ id }) => id));

/** Settings of services by their ids; an id that names none is a mistake, and what is meant may be among the valid ones. */
const services = z.record(z.string(), service).superRefine((settings, context) => {
  for (const id of Object.keys(settings)) {
    if (SERVICE_IDS.has(id)) continue;
    const message = `there is no service ${JSON.stringify(id)}; there are ${[...SERVICE_IDS].join(', ')}`;
    context.addIssue({ code: 'custom', path: [id], message });
  }
});

/** A token that is no secret, by its hash: a configuration is no place for tokens, and what came is never repeated. */
const knownToken = z.strictObject(
  {
    sha256: z
      .string('the SHA-256 of the token: 64 hexadecimal digits in lower case')
      .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the token: 64 hexadecimal digits in lower case (printf %s TOKEN | sha256sum)')
      .describe('SHA-256 of the token, or of one part of a pair: printf %s TOKEN | sha256sum'),
    source: z
      .string('where the token comes from, in words')
      .trim()
      .min(1, 'where the token comes from, in words')
      .describe('Where it comes from, such as the page that prints it'),
  },
  'takes sha256 and source, and nothing else',
);

const recipient = z
  .string()
  .regex(/^age1[0-9a-z]+$/, 'a public age key (age1…, as `age-keygen` prints it; never the AGE-SECRET-KEY of its owner)');

/** Everything that can be set; `describe` texts become those of the JSON Schema that editors read. */
export const configSchema = z.strictObject({
  contact: z
    .string()
    // A header takes no other characters.
    .regex(
      /^(mailto:)?[!-.0-?A-~]+@[!-.0-?A-~]+\.[!-.0-?A-~]+$|^https?:\/\/[!-~]+$/,
      'a mail address or a URL where people can reach you, in ASCII',
    )
    .optional()
    .describe('Mail address or URL, sent in the User-Agent; without one nothing leaves loopback'),
  db: z.string().min(1).default(DEFAULT_DATABASE).describe('Database of the results'),
  keyFile: z
    .string()
    .optional()
    .describe('File with the key of the fingerprints; made beside the database where it is missing. Never publish it'),
  seed: z.string().min(1).default('incidence').describe('Decides the sample; anyone can draw it again'),
  period: z.string().optional().describe('Name of the period, such as 2026-11; a period has one run'),
  sample: sampleSize
    .default(1000)
    .describe('Unranked packages per registry: a number, a share such as "2.5%", a precision such as "0.5% +- 0.1%", or "all"'),
  allowMultiplePeriods: z
    .boolean()
    .default(false)
    .describe(
      'Lets a run begin that asks for more than is left of a ceiling of 30 days; it stops there, and goes on when run again later',
    ),
  artifacts: z
    .enum(['representative', 'all'])
    .default('representative')
    .describe("Files of a release that are looked into: one wheel and the sdist and the ruby platform's gem, or all"),
  registries: z
    .strictObject({
      rubygems: registryWith(ROLES.rubygems).optional(),
      nuget: registryWith(ROLES.nuget).optional(),
      pypi: registryWith(ROLES.pypi).optional(),
      npm: registryWith(ROLES.npm).optional(),
    })
    .default({}),
  validation: z
    .strictObject({
      mode: z
        .enum(['off', 'offline', 'live'])
        .default('off')
        .describe('off: judged by the bytes alone; offline: by remembered answers too; live: services are asked'),
      periodDays: z.number().positive().default(30).describe('Days within which a token is asked about at most once'),
      askInterrupted: z
        .boolean()
        .default(false)
        .describe('Asks once more what a kill cut off before the answer; off, since nobody knows whether the question arrived'),
      services: services.default({}),
      examples: z.array(knownToken).default([]).describe('Published examples of your own, never asked about'),
      canaries: z.array(knownToken).default([]).describe('Canaries, laid out to be found; never asked about'),
      demoSecrets: z
        .string()
        .optional()
        .describe('File with further secrets that JWTs of tutorials are signed with, one a line; such a JWT is an example'),
    })
    .prefault({}),
  suppressions: z
    .string()
    .optional()
    .describe('File with findings that scan shall not fail for, each with its author and reason'),
  disclosure: z
    .strictObject({
      recipients: z
        .record(z.string(), z.union([recipient, z.array(recipient).min(1)]))
        .default({})
        .describe(
          'By service: public age keys of the people that `disclose` writes working tokens for; nothing is written without one',
        ),
    })
    .prefault({}),
  limits: z
    .strictObject({
      artifactBytes: z
        .number()
        .int()
        .positive()
        .default(256 * 1024 * 1024)
        .describe('Bytes of one artifact as downloaded; larger ones are recorded as skipped'),
      concurrency: z.number().int().positive().max(64).default(4).describe('Packages worked on at a time, per registry'),
      depth: z.number().int().nonnegative().optional().describe('Archives inside archives'),
      entries: z.number().int().positive().optional().describe('Files of one artifact'),
      entryBytes: z.number().int().positive().optional().describe('Bytes of one file of an artifact'),
      totalBytes: z.number().int().positive().optional().describe('Bytes of all files of an artifact'),
      seconds: z.number().positive().optional().describe('Time for one artifact'),
    })
    .prefault({}),
});

export type Config = Readonly<z.infer<typeof configSchema>>;

export interface ConfigInput {
  /** Path of a YAML or JSON file. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings from the command line, in the shape of the file. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Reads and checks the configuration; every mistake is a UsageError that names the setting, what it takes and what came. */
export function readConfig({ file, env, options = {} }: ConfigInput): Config {
  const written = file === undefined ? null : readWrittenFile(file, 'config file');
  const inFile = written === null ? {} : settingsIn(written, file ?? '');
  const checked = (variables: readonly Variable[]) => {
    const sources = [inFile, settingsOf(variables), options];
    const merged = sources.reduce<Record<string, unknown>>((all, one) => merge(all, one), {});
    return configSchema.safeParse(merged, { error: describe });
  };
  const variables = variablesIn(env).filter(({ path }) => !isSet(options, path));
  const first = checked(variables);
  // A variable has no type: one that reads like a number is a text where a text is expected.
  const parsed = first.success ? first : checked(variables.map((one) => (isForText(first.error, one) ? asText(one) : one)));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${mistakeIn(issue, written, variables)}`);
    throw new UsageError(`the configuration${file === undefined ? '' : ` (${file})`} cannot be used:\n${lines.join('\n')}`);
  }
  return deepFreeze(parsed.data);
}

/** How many unranked packages of a registry to draw. */
export function sampleOf(config: Config, registryId: RegistryId): SampleSetting {
  return config.registries[registryId]?.sample ?? config.sample;
}

/** The same size for every registry: what is asked for on the command line counts whatever the file says of single ones. */
export function withOneSample(config: Config): Config {
  const registries = Object.fromEntries(
    Object.entries(config.registries).map(([id, settings]) => [
      id,
      settings === undefined ? settings : { ...settings, sample: undefined },
    ]),
  );
  return { ...config, registries };
}

function describe(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') {
    const valid = issue.inst instanceof z.ZodObject ? `; there are ${Object.keys(issue.inst.shape).join(', ')}` : '';
    return `unknown setting ${issue.keys.join(', ')}${valid}`;
  }
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}, not ${JSON.stringify(issue.input)}`;
  if (issue.code === 'invalid_type')
    return `a ${issue.expected}, not ${issue.input === undefined ? 'nothing' : JSON.stringify(issue.input)}`;
  return undefined;
}

/** `line 4: validation.mode: one of …`; where the setting stands: the variable that replaced it, else its line in the file. */
export function mistakeIn(issue: z.core.$ZodIssue, written: WrittenFile | null, variables: readonly Variable[] = []): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const variable = variables.find((one) => isSame(one.path, path));
  const line = written?.lineOf(path) ?? null;
  const where = variable === undefined ? (line === null ? '' : `line ${line}: `) : `${variable.name}: `;
  return `${where}${issue.path.join('.') || (written === null ? 'the settings' : 'the whole file')}: ${issue.message}`;
}

function isSame(one: readonly PropertyKey[], other: readonly PropertyKey[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

function settingsIn({ value }: WrittenFile, path: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (!isRecord(value))
    throw new UsageError(
      `the config file ${path} must hold settings by name (contact, db, …), not a ${Array.isArray(value) ? 'list' : typeof value}`,
    );
  return value;
}

const PREFIX = 'INCIDENCE_';
/** Set by the program for itself. */
const RESERVED = new Set(['INCIDENCE_RELAUNCHED']);

interface Variable {
  readonly name: string;
  /** Of the setting that it stands for. */
  readonly path: readonly string[];
  readonly text: string;
  readonly value: unknown;
}

function variablesIn(env: ConfigInput['env']): readonly Variable[] {
  return Object.entries(env).flatMap(([name, text]) => {
    if (!name.startsWith(PREFIX) || RESERVED.has(name) || text === undefined) return [];
    return [{ name, path: name.slice(PREFIX.length).split('__').map(toKey), text, value: scalar(text) }];
  });
}

function isSet(settings: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return settings !== undefined;
  return isRecord(settings) && isSet(settings[key], rest);
}

function isForText({ issues }: z.ZodError, { path }: Variable): boolean {
  return issues.some((issue) => issue.code === 'invalid_type' && issue.expected === 'string' && isSame(issue.path, path));
}

function asText(variable: Variable): Variable {
  return { ...variable, value: variable.text };
}

function settingsOf(variables: readonly Variable[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const { path, value } of variables) {
    let at = settings;
    for (const key of path.slice(0, -1)) {
      const next = at[key];
      const inner: Record<string, unknown> = isRecord(next) ? next : {};
      at[key] = inner;
      at = inner;
    }
    at[path.at(-1) ?? ''] = value;
  }
  return settings;
}

/** `ARTIFACT_BYTES` is `artifactBytes`; service ids keep their dash: `SLACK-WEBHOOK` is `slack-webhook`. */
function toKey(part: string): string {
  return part.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function scalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function merge(base: Readonly<Record<string, unknown>>, over: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const before = merged[key];
    merged[key] = isRecord(before) && isRecord(value) ? merge(before, value) : value;
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

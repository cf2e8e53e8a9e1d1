/** The services as people and programs read them: what is found, what is asked, and how sure we are. */
import { Secret, type Parts } from '../analysis/secret.ts';
import { seededRandom } from '../analysis/seeded-random.ts';
import type { ProbeRequest, Service } from '../analysis/service.ts';
import { listedHost, pathTemplate } from '../analysis/validate/target.ts';
import type { Family } from '../data/model.ts';

export interface ServiceRecord {
  readonly id: string;
  readonly label: string;
  readonly families: readonly Family[];
  readonly formats: readonly string[];
  /** What is asked, such as `GET api.example.com/v1/me`; none where there is no harmless question. */
  readonly check: readonly string[];
  /** Why there is no check. */
  readonly noCheck: string | null;
  readonly hosts: readonly string[];
  readonly effect: 'reads' | 'mints-token' | 'attempts-write' | 'metered' | null;
  /** Why the check does more than read. */
  readonly effectReason: string | null;
  /** Whether it is asked by `--validate live` with nothing else configured. */
  readonly enabledByDefault: boolean;
  readonly selfHosted: boolean;
  readonly confirmed: boolean;
  readonly unconfirmed: readonly string[];
  readonly docs: string;
  readonly revoke: string;
}

/** When the questions are built: only a signature would show it. */
const ANY_TIME = new Date('2030-01-01T00:00:00Z');

/** One record for each service, in their order. Pure: the questions are built from computed samples and sent to nobody. */
export async function serviceRecords(services: readonly Service[]): Promise<readonly ServiceRecord[]> {
  return Promise.all(services.map(recordOf));
}

async function recordOf(service: Service): Promise<ServiceRecord> {
  const { id, label, formats, probe, docs, revoke, unconfirmed = [] } = service;
  return {
    id,
    label,
    families: [...new Set(formats.map((format) => format.family ?? service.family))],
    formats: formats.map((format) => format.id),
    check: await checksOf(service),
    noCheck: probe === undefined ? (service.noProbe ?? 'no harmless question is known') : null,
    hosts: probe?.hosts ?? [],
    effect: probe?.effect ?? null,
    effectReason: probe?.effectReason ?? null,
    enabledByDefault: probe?.effect === 'reads',
    selfHosted: service.selfHosted === true,
    confirmed: unconfirmed.length === 0,
    unconfirmed,
    docs,
    revoke,
  };
}

async function checksOf({ formats, probe }: Service): Promise<readonly string[]> {
  if (probe === undefined) return [];
  const checks = new Set<string>();
  for (const { id, samples } of formats) {
    const templates: Template[] = [];
    for (const sample of samples(seededRandom(id)).hits) {
      const parts: Parts = Object.fromEntries(Object.entries(sample.parts).map(([name, text]) => [name, new Secret(text)]));
      const requests = (await probe.requests(parts, { now: ANY_TIME })) ?? [];
      templates.push(...requests.map((request) => templateOf(request, parts, probe.hosts)));
    }
    for (const template of templates) checks.add(shown(template, templates));
  }
  return [...checks];
}

interface Template {
  readonly address: string;
  readonly segments: readonly string[];
}

/** Without what a sample brings: parts of the path by their names, a tenant's host as the service lists it. */
function templateOf(request: ProbeRequest, parts: Parts, hosts: readonly string[]): Template {
  const { hostname } = new URL(request.url);
  const host = hosts.find((one) => one === hostname) ?? listedHost(request, hosts);
  return { address: `${request.method} ${host}`, segments: pathTemplate(request, parts).split('/') };
}

/** What differs from sample to sample in one place of the path belongs to the sample. */
function shown({ address, segments }: Template, all: readonly Template[]): string {
  const alike = all.filter((one) => one.address === address && one.segments.length === segments.length);
  const path = segments.map((segment, index) => (alike.every((one) => one.segments[index] === segment) ? segment : '{…}'));
  return `${address}${path.join('/')}`;
}

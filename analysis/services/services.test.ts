import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../data/model.ts';
import { createDetector } from '../detect/detector.ts';
import { hostMatches } from '../hosts.ts';
import { Fingerprinter, Secret, type Parts } from '../secret.ts';
import { seededRandom } from '../seeded-random.ts';
import type { ProbeResponse, Reading, Service } from '../service.ts';
import { genericAnswer } from '../stand-in/engine/generic-answers.ts';
import { createServiceStandIns } from '../stand-in/engine/service-stand-ins.ts';
import { SERVICE_STAND_INS } from '../stand-in/index.ts';
import { isGeneric, stateOf, type TokenState } from '../stand-in/service-stand-in.ts';
import { decide, isAccepting } from '../validate/outcome.ts';
import { SERVICES } from './index.ts';

const all: readonly Service[] = SERVICES;
const now = new Date('2030-06-01T12:00:00Z');
/** Good tokens of this form may get the same refusal as those that nobody issued. */
const REFUSAL_DECIDES_NOTHING = new Set([
  'cloudflare.api-token',
  'atlassian.api-token',
  'azure-devops.access-token',
  'azure-devops.old-access-token',
  'mailgun.api-key',
  'zendesk.api-token',
  'google-api-key.auth-key',
]);
const formats = all.flatMap((service) => service.formats.map((format) => ({ id: format.id, service, format })));

/** What the detector makes of a text when it knows every service. */
const detector = createDetector(all, { fingerprinter: new Fingerprinter(Buffer.alloc(32, 7)) });

function detect(text: string) {
  const artifact = detector.artifact();
  const entry = artifact.entry(['a.tgz', 'a.js']);
  entry.push(Buffer.from(text, 'latin1'));
  entry.end();
  return artifact.finish().candidates;
}

function plain(parts: Parts): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([name, secret]) => [name, secret.reveal()]));
}

function secret(parts: Readonly<Record<string, string>>): Parts {
  return Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, new Secret(text)]));
}

describe('formats', () => {
  test.each(formats)('$id is found as itself, alone, with all its parts', ({ format, service }) => {
    for (const seed of ['one', 'two']) {
      const { hits } = format.samples(seededRandom(seed));
      expect(hits.length).toBeGreaterThanOrEqual(3);
      for (const { text, parts } of hits) {
        const found = detect(text);
        expect(found.map(({ format, ambiguousWith, unpaired }) => ({ format, ambiguousWith, unpaired }))).toEqual([
          { format: format.id, ambiguousWith: [], unpaired: false },
        ]);
        expect(found[0]?.service).toBe(service.id);
        expect(plain(found[0]?.parts ?? {})).toEqual(parts);
      }
    }
  });

  test.each(formats)('$id is not found in its near misses', ({ format }) => {
    for (const seed of ['one', 'two']) {
      const { misses } = format.samples(seededRandom(seed));
      expect(misses.length).toBeGreaterThanOrEqual(3);
      for (const miss of misses) {
        expect(
          detect(miss).filter((found) => found.format === format.id),
          `in ${miss}`,
        ).toEqual([]);
      }
    }
  });

  test.each(formats)('$id is shown without what would help to guess it', ({ format }) => {
    for (const { parts } of format.samples(seededRandom('shown')).hits) {
      const shown = format.redact(secret(parts));
      for (const part of Object.values(parts)) {
        const tail = part.slice(Math.min(part.length - 8, 24));
        expect(shown.includes(tail)).toBe(false);
      }
      expect(shown.length).toBeLessThan(64);
    }
  });

  test.each(formats)('$id begins with its service', ({ id, service }) => {
    expect(id.startsWith(`${service.id}.`)).toBe(true);
  });
});

describe('services', () => {
  test('ids are unique, and each service has pages for people who found a token', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id, docs, revoke } of all) {
      expect(new URL(docs).protocol, `pages of ${id}`).toBe('https:');
      expect(new URL(revoke).protocol, `pages of ${id}`).toBe('https:');
    }
  });

  test.each(all)('$id has a check on hosts of its own, or the reason why there is none', async (service) => {
    const { probe, noProbe } = service;
    if (probe === undefined) {
      expect(noProbe).toMatch(/\w{3}/);
      return;
    }
    expect(noProbe).toBeUndefined();
    if (probe.effect !== 'reads') expect(probe.effectReason).toMatch(/\w{3}/);
    let asked = 0;
    for (const { format } of formats.filter((one) => one.service === service)) {
      for (const { parts } of format.samples(seededRandom('hosts')).hits) {
        const requests = (await probe.requests(secret(parts), { now })) ?? [];
        for (const { url, method, body } of requests) {
          const { protocol, hostname, username } = new URL(url);
          expect(protocol).toBe('https:');
          expect(username).toBe('');
          expect(hostMatches(probe.hosts, hostname), `${hostname} is none of ${probe.hosts.join(', ')}`).toBe(true);
          if (method === 'GET') expect(body).toBeUndefined();
          asked++;
        }
      }
    }
    expect(asked).toBeGreaterThan(0);
  });

  test('Okta is asked at the address of an organization, never at that of its console', async () => {
    const okta = all.find(({ id }) => id === 'okta');
    const requests = await okta?.probe?.requests(secret({ token: '00example', org: 'demo-admin.okta.com' }), { now });
    expect(requests?.map(({ url }) => url)).toEqual(['https://demo.okta.com/api/v1/users/me']);
  });

  test('none but those with a written reason does more than read', () => {
    expect(all.filter(({ probe }) => probe !== undefined && probe.effect !== 'reads').map(({ id }) => id)).toEqual([
      'pypi',
      'entra',
      'paypal',
      'docker-hub',
    ]);
  });
});

/** The service's own verdict on what its stand-in answers, request by request, without the engine between them. */
async function readDirectly(
  service: Service,
  parts: Parts,
  answer: (host: string, path: string, request: RequestLike) => Promise<ProbeResponse>,
) {
  const requests = (await service.probe?.requests(parts, { now })) ?? [];
  const readings: Reading[] = [];
  for (const request of requests) {
    const url = new URL(request.url);
    const response = await answer(url.host, url.pathname, { ...request, query: url.searchParams });
    const reading = await service.probe?.read(response, parts, { now });
    if (reading === undefined) break;
    readings.push(reading);
    if (isAccepting(reading)) break;
  }
  return readings.length === 0 ? { verdict: 'untested' as const, reason: 'not-asked' } : decide(readings);
}

interface RequestLike {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly query: URLSearchParams;
}

const EXPECTED: Readonly<Record<TokenState, Verdict>> = {
  active: 'active',
  restricted: 'restricted',
  public: 'public-by-design',
  inactive: 'inactive',
  expired: 'inactive',
  revoked: 'inactive',
  undecided: 'unknown',
};

/** Classes that reach a service's `read`: the engine keeps web pages, 429 and 5xx from it. */
const READ_CLASSES = ['waf-json-403', 'catch-all-200'] as const;

describe('verdicts', async () => {
  // A check that is off by default is tested here all the same.
  const switchedOn = all.map((service) =>
    service.probe === undefined ? service : { ...service, probe: { ...service.probe, effect: 'reads' as const } },
  );
  const standIns = await createServiceStandIns({ services: switchedOn, standIns: SERVICE_STAND_INS, now });

  async function ask(service: Service, parts: Parts): Promise<Reading> {
    return readDirectly(service, parts, async (host, path, { method, headers, body, query }) => {
      const answer = await standIns.handler({
        method,
        path: `/${service.id}/${host}${path}`,
        query,
        headers: { ...headers },
        body: body ?? '',
      });
      if (answer === null) throw new Error(`the stand-in of ${service.id} does not know ${method} ${host}${path}`);
      return responseOf(answer);
    });
  }

  const cases = switchedOn.flatMap((service) =>
    standIns
      .answersOf(service.id)
      .filter((answer) => !isGeneric(answer))
      .map((answer) => ({ service, answer, id: service.id })),
  );

  test.each(cases)('$id, $answer', async ({ service, answer }) => {
    if (isGeneric(answer)) return;
    for (const format of service.formats) {
      for (const seed of ['one', 'two']) {
        const token = issue(service, { seed, answer, format: format.id });
        if (token === null) continue;
        const reading = await ask(service, secret(token.parts));
        expect(reading.verdict, `${format.id}: ${reading.reason}`).toBe(EXPECTED[stateOf(answer)]);
        expect(reading.reason).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      }
    }
  });

  test.each(switchedOn.filter(({ probe }) => probe !== undefined))('$id takes no stranger for itself', async (service) => {
    for (const format of service.formats) {
      const [hit] = format.samples(seededRandom('stranger')).hits;
      const parts = secret(hit?.parts ?? {});
      for (const generic of READ_CLASSES) {
        const answer = genericAnswer(generic);
        if (answer === null) throw new Error(`${generic} has no answer`);
        const reading = await readDirectly(service, parts, async () => responseOf(answer));
        expect(['unknown', 'untested'], `${generic}: ${reading.reason}`).toContain(reading.verdict);
      }
    }
  });

  test.each(switchedOn.filter(({ probe }) => probe !== undefined && probe.noControl === undefined))(
    '$id refuses a token that nobody issued, and accepts it where everything is accepted',
    async (service) => {
      const asked = service.formats.flatMap(({ id, samples }) =>
        samples(seededRandom('nobody'))
          .hits.slice(0, 1)
          .map(({ parts }) => ({ id, parts })),
      );
      for (const on of [false, true]) {
        standIns.acceptEverything(service.id, on);
        for (const { id, parts } of asked) {
          if (((await service.judge?.(secret(parts), { now })) ?? null) !== null) continue;
          if ((await service.probe?.requests(secret(parts), { now })) === null) continue;
          const { verdict, reason } = await ask(service, secret(parts));
          const refused = REFUSAL_DECIDES_NOTHING.has(id) ? 'unknown' : 'inactive';
          expect(on ? ['active', 'public-by-design'] : [refused], `because of ${reason}`).toContain(verdict);
        }
      }
      standIns.acceptEverything(service.id, false);
    },
  );

  const offline = SERVICE_STAND_INS.flatMap((standIn) =>
    (['inactive', 'published-example', 'canary', 'public-by-design'] as const).flatMap((verdict) => {
      const plant = standIn.offline?.(verdict, seededRandom(verdict), now) ?? null;
      return plant === null ? [] : [{ id: standIn.id, verdict, plant }];
    }),
  );

  test.each(offline)('$id, $verdict without a question', async ({ id, verdict, plant }) => {
    const service = all.find((one) => one.id === id);
    expect((await service?.judge?.(secret(plant.sample.parts), { now }))?.verdict).toBe(verdict);
    const [found] = detect(plant.sample.text);
    expect(found?.format).toBe(plant.format);
    expect(plain(found?.parts ?? {})).toEqual(plant.sample.parts);
  });

  /** A token in this class, or null where the format has no such class. */
  function issue(
    service: Service,
    wish: { readonly seed: string; readonly answer: (typeof cases)[number]['answer']; readonly format: string },
  ) {
    try {
      return standIns.issue(service.id, { ...wish, verdict: null });
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('no sample of')) return null;
      throw error;
    }
  }
});

function responseOf(answer: {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}): ProbeResponse {
  const body = Buffer.from(answer.body ?? '').toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = undefined;
  }
  return { status: answer.status, headers: answer.headers ?? {}, body, json };
}

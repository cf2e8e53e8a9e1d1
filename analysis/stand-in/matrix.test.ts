import { expect, test } from 'vitest';
import type { Service } from '../service.ts';
import { SERVICES } from '../services/index.ts';
import { ACCEPTS_EVERYTHING, verdictMatrix } from './engine/verdict-matrix.ts';
import { SERVICE_STAND_INS } from './index.ts';
import { isGeneric } from './service-stand-in.ts';

const services: readonly Service[] = SERVICES;

// Some thousand questions by HTTP: seconds on a free machine, more on a busy one.
test('every service times every class of answer: no wrong verdict', { timeout: 120_000 }, async () => {
  const { rows, unknownRequests } = await verdictMatrix(services, SERVICE_STAND_INS, new Date('2030-06-01T12:00:00Z'));
  expect(rows.filter(({ expected, verdict }) => verdict !== expected)).toEqual([]);
  expect(unknownRequests).toEqual([]);
  const caught = rows.filter(({ answer }) => answer === ACCEPTS_EVERYTHING);
  expect(caught.filter(({ reason }) => reason !== 'control-probe-failed')).toEqual([]);
  const believed = services.filter(({ probe }) => probe !== undefined && probe.noControl === undefined);
  expect(caught.map(({ service }) => service).toSorted()).toEqual(believed.map(({ id }) => id).toSorted());
  for (const standIn of SERVICE_STAND_INS) {
    const tried = rows
      .filter(({ service }) => service === standIn.id)
      .flatMap(({ answer }) => (answer === ACCEPTS_EVERYTHING || isGeneric(answer) ? [] : [answer]));
    expect(new Set(tried), `classes of ${standIn.id}`).toEqual(new Set(standIn.answers));
    const silencing = rows.filter(({ service, reason }) => service === standIn.id && reason === 'rate-limited');
    const named = silencing.flatMap(({ answer }) => (answer === ACCEPTS_EVERYTHING || isGeneric(answer) ? [] : [answer]));
    expect(new Set(named), `silencing classes of ${standIn.id}`).toEqual(new Set(standIn.silencing));
  }
});

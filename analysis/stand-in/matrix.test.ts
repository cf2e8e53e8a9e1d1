import { expect, test } from 'vitest';
import type { Service } from '../service.ts';
import { SERVICES } from '../services/index.ts';
import { verdictMatrix } from './engine/verdict-matrix.ts';
import { SERVICE_STAND_INS } from './index.ts';
import { isGeneric } from './service-stand-in.ts';

const services: readonly Service[] = SERVICES;

// Some thousand questions by HTTP: seconds on a free machine, more on a busy one.
test('every service times every class of answer: no wrong verdict', { timeout: 120_000 }, async () => {
  const { rows, unknownRequests } = await verdictMatrix(services, SERVICE_STAND_INS, new Date('2030-06-01T12:00:00Z'));
  expect(rows.filter(({ expected, verdict }) => verdict !== expected)).toEqual([]);
  expect(unknownRequests).toEqual([]);
  for (const standIn of SERVICE_STAND_INS) {
    const tried = rows.filter(({ service, answer }) => service === standIn.id && !isGeneric(answer)).map(({ answer }) => answer);
    expect(new Set(tried), `classes of ${standIn.id}`).toEqual(new Set(standIn.answers));
  }
});

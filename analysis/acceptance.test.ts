import { expect, test } from 'vitest';
import { acceptanceSuite } from './acceptance.ts';
import { INVENTED, inventedService, prefixed } from './detect/invented-services.ts';
import type { Format } from './service.ts';

const formats = INVENTED.flatMap((service) => service.formats);

test.each(formats)('$id passes', async (format) => {
  expect(await acceptanceSuite(INVENTED).problems(format)).toEqual([]);
});

async function problemsOf(change: Partial<Format>, others = INVENTED.slice(1)): Promise<string> {
  const format = { ...prefixed, ...change };
  return (await acceptanceSuite([inventedService('acme', format), ...others]).problems(format)).join('\n');
}

test('says what is wrong with a format', async () => {
  expect(await problemsOf({ literals: ['acme-'] })).toContain('sample 1 has none of the literals acme-');
  expect(await problemsOf({ pattern: /(?<token>acme_[A-Za-z0-9]{24})(?![A-Za-z0-9_])/ })).toContain('near miss 2 is found');
  expect(await problemsOf({ maxLength: 4, reach: 0, literals: ['cme_'] })).toContain('found 0 times instead of 1');
  expect(await problemsOf({ pattern: /(?<![A-Za-z0-9_])(?<token>acme_[A-Za-z0-9]{23})/ })).toContain(
    'found 0 times instead of 1',
  );
  expect(await problemsOf({ pattern: /(?<prefix>acme_)(?<token>[A-Za-z0-9]{24})(?![A-Za-z0-9_])/ })).toContain('found 0 times');
});

test('sees what another service claims, unless both say so', async () => {
  const rival = inventedService('rival', { ...prefixed, id: 'rival.key' });
  expect(await problemsOf({}, [rival])).toBe('');
  const part = inventedService('part', {
    ...prefixed,
    id: 'part.key',
    pattern: /(?<token>key)/,
    literals: ['key'],
    accepts: () => true,
  });
  expect(await problemsOf({}, [part])).toContain('sample 1, alone: also found as part.key, without being ambiguous');
});

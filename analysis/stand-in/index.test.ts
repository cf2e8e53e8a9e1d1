import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SERVICE_STAND_INS } from './index.ts';

test('the list names exactly the stand-ins of this folder', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.replace(/\.ts$/, ''))
    .filter((name) => !['index', 'service-stand-in'].includes(name));
  expect(SERVICE_STAND_INS.map((standIn) => standIn.id).toSorted()).toEqual(files.toSorted());
});

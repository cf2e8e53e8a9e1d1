import { expect, test } from 'vitest';
import { periodOf } from './commands/run.ts';

test.each([
  ['day', '2026-11-25T23:59:59Z', '2026-11-25'],
  ['month', '2026-11-25T12:00:00Z', '2026-11'],
  ['week', '2026-11-25T12:00:00Z', '2026-W48'],
  ['week', '2027-01-01T12:00:00Z', '2026-W53'],
  ['week', '2026-12-28T00:00:00Z', '2026-W53'],
  ['week', '2024-12-30T00:00:00Z', '2025-W01'],
  ['pilot', '2026-11-25T12:00:00Z', 'pilot'],
])('period %s on %s is %s', (text, now, period) => expect(periodOf(text, new Date(now))).toBe(period));

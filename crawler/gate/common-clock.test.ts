import { describe, expect, test } from 'vitest';
import { commonClock } from './common-clock.ts';

describe('the common clock', () => {
  test('is known between bounds: the narrowest of all answers, a little wider with time', () => {
    const clock = commonClock();
    // It is 5000 ahead; a slow answer, then a fast one.
    clock.heard(0, 5000 + 60, 100);
    expect([clock.earliest(100), clock.latest(100)]).toEqual([5059, 5161]);
    clock.heard(200, 5000 + 201, 202);
    expect([clock.earliest(202), clock.latest(202)]).toEqual([5200, 5204]);
    // Another slow one tells nothing new.
    clock.heard(300, 5000 + 390, 400);
    expect(clock.earliest(1202)).toBeCloseTo(6200 - 0.2, 6);
    expect(clock.latest(1202)).toBeCloseTo(6204 + 0.2, 6);
  });

  test('is learnt anew when somebody has set it', () => {
    const clock = commonClock();
    clock.heard(0, 5001, 2);
    clock.heard(10, 3_605_011, 12);
    expect([clock.earliest(12), clock.latest(12)]).toEqual([3_605_010, 3_605_014]);
    clock.heard(20, 5021, 22);
    expect([clock.earliest(22), clock.latest(22)]).toEqual([5020, 5024]);
  });
});

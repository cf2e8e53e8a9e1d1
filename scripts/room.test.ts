import { describe, expect, test } from 'vitest';
import { createRoom } from './room.ts';

const never = new AbortController().signal;
const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('room', () => {
  test('is given in order, as far as it goes, and again when it is free', async () => {
    const room = createRoom(100);
    const entered: string[] = [];
    const enter = async (name: string, bytes: number) => {
      const place = await room.enter(bytes, never);
      entered.push(name);
      return place;
    };
    const first = await enter('first', 60);
    const second = enter('second', 60);
    const third = enter('third', 10);
    await turn();
    // The third would fit, and waits: otherwise large ones would never have their turn.
    expect(entered).toEqual(['first']);
    first[Symbol.dispose]();
    await Promise.all([second, third]);
    expect(entered).toEqual(['first', 'second', 'third']);
  });

  test('is had alone by what is larger than all of it', async () => {
    const room = createRoom(100);
    const small = await room.enter(1, never);
    let isIn = false;
    const large = room.enter(1000, never).then((place) => {
      isIn = true;
      return place;
    });
    await turn();
    expect(isIn).toBe(false);
    small[Symbol.dispose]();
    const place = await large;
    // It turns out to be small after all.
    const next = room.enter(80, never);
    place.resize(20);
    await next;
  });

  test('is not waited for after a stop, and nobody waits for who stopped', async () => {
    const room = createRoom(100);
    const first = await room.enter(100, never);
    const stop = new AbortController();
    const stopped = room.enter(100, stop.signal);
    const other = room.enter(10, never);
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    first[Symbol.dispose]();
    await other;
  });
});

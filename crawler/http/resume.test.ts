import { expect, test } from 'vitest';
import { Malformed, Unavailable } from '../errors.ts';
import type { NamePage, RegistryIo } from '../registry.ts';
import { door, ioTo, json, serve } from './test-kit.ts';

/** A registry whose whole list is one long answer, one name a line: a page for every ten, the cursor is a count. */
function lines(origin: string, starts: (string | null)[] = []) {
  return async function* names(cursor: string | null, io: RegistryIo): AsyncGenerator<NamePage> {
    starts.push(cursor);
    let seen = 0;
    let rest = '';
    let page: string[] = [];
    const decoder = new TextDecoder();
    for await (const piece of (await io.stream(`${origin}/names`)).body) {
      const [...whole] = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = whole.pop() ?? '';
      for (const name of whole) {
        seen++;
        if (seen <= Number(cursor ?? 0)) continue;
        page.push(name);
        if (page.length < 10) continue;
        yield { names: page.map((one) => ({ name: one, key: one })), cursor: String(seen), dropped: {} };
        page = [];
      }
    }
    if (page.length > 0) yield { names: page.map((one) => ({ name: one, key: one })), cursor: String(seen), dropped: {} };
  };
}

const NAMES = Array.from({ length: 95 }, (_, index) => `package-${String(index).padStart(4, '0')}`);
const LIST = { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: `${NAMES.join('\n')}\n` };

test('a listing that breaks off goes on from its last page, and no name is lost or given twice', async () => {
  let served = 0;
  // Twice the answer stops in the middle of a line, a little further each time.
  const server = await serve(() => {
    served++;
    return served > 2
      ? LIST
      : {
          ...LIST,
          headers: { ...LIST.headers, 'content-length': String(LIST.body.length) },
          body: LIST.body.slice(0, 400 * served),
        };
  });
  const io = ioTo(server, { http: door({ body: { idleMs: 300 } }) });
  const starts: (string | null)[] = [];
  const got: string[] = [];
  for await (const page of io.pages(lines(server.origin, starts), null)) got.push(...page.names.map(({ name }) => name));
  expect(got).toEqual(NAMES);
  expect(starts).toEqual([null, '30', '60']);
});

test('a listing that never gets on ends, and tries do not multiply', async () => {
  const server = await serve({ ...LIST, headers: { ...LIST.headers, 'content-length': '5000' }, body: LIST.body.slice(0, 20) });
  const io = ioTo(server, { http: door({ body: { idleMs: 60 } }) });
  const walk = async (): Promise<void> => {
    for await (const page of io.pages(lines(server.origin), null)) expect(page.names).toEqual([]);
  };
  await expect(walk()).rejects.toThrow(Unavailable);
  expect(server.ledger).toHaveLength(5);

  const down = await serve({ status: 500, body: 'no' });
  const other = ioTo(down);
  const walkDown = async (): Promise<void> => {
    for await (const page of other.pages(lines(down.origin), null)) expect(page.names).toEqual([]);
  };
  await expect(walkDown()).rejects.toThrow(Unavailable);
  expect(down.ledger).toHaveLength(5);
});

test('what is wrong with the listing itself is not asked for for ever', async () => {
  const server = await serve(json({}));
  let starts = 0;
  const io = ioTo(server);
  // oxlint-disable-next-line require-yield
  async function* broken(): AsyncGenerator<NamePage> {
    starts++;
    throw new Malformed('no list of names');
  }
  await expect(io.pages(broken, null).next()).rejects.toThrow(Malformed);
  expect(starts).toBe(2);
});

test('a listing that is left in the middle lets go of its connection', async () => {
  const server = await serve({ ...LIST, body: LIST.body.repeat(2000) });
  const http = door();
  const io = ioTo(server, { http });
  for await (const page of io.pages(lines(server.origin), null)) {
    expect(page.names).toHaveLength(10);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(http.hosts()[0]?.inFlight).toBe(0);
});

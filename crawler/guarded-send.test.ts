import { createServer, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createGuardedSend, SendFailed, SendRefused, type GuardedSendOptions, type Lookup } from './guarded-send.ts';
import { startServer, type FaultPlan, type Handler, type StandInServer } from './stand-in/server.ts';

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(handler: Handler, faults: FaultPlan | null = null): Promise<StandInServer> {
  const server = await startServer(() => handler, faults);
  closers.push(() => server.close());
  return server;
}

/** Resolves names from a table and nothing else: no test asks a name server. */
function resolver(table: Readonly<Record<string, readonly string[]>>): Lookup & { readonly asked: string[] } {
  const asked: string[] = [];
  const lookup: Lookup = (hostname, options, callback) => {
    asked.push(hostname);
    const addresses = (table[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const [first] = addresses;
    if (first === undefined) {
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '');
      return;
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
  return Object.assign(lookup, { asked });
}

function door(options: Partial<GuardedSendOptions> = {}) {
  return createGuardedSend({ userAgent: 'incidence/test', contact: 'team@example.org', lookup: resolver({}), ...options });
}

async function failure(promise: Promise<unknown>): Promise<SendRefused | SendFailed> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SendRefused || error instanceof SendFailed) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const SECRET = 'fake-secret-in-the-request';

/** Names and numbers by which a machine can be led to talk to itself or to its neighbours. */
const ADDRESS_TRICKS = [
  ['loopback', 'https://127.0.0.1/'],
  ['loopback, short', 'https://127.1/'],
  ['loopback, another one', 'https://127.255.255.254/'],
  ['loopback, decimal', 'https://2130706433/'],
  ['loopback, hexadecimal', 'https://0x7f000001/'],
  ['loopback, octal', 'https://0177.0.0.1/'],
  ['loopback, octal in one', 'https://017700000001/'],
  ['loopback, mixed', 'https://0x7f.1/'],
  ['loopback, with a final dot', 'https://127.0.0.1./'],
  ['loopback, circled digits', 'https://①②⑦.⓪.⓪.①/'],
  ['loopback, full-width digits', 'https://１２７.0.0.1/'],
  ['loopback, ideographic stops', 'https://127。0。0。1/'],
  ['loopback, percent-encoded', 'https://%31%32%37.0.0.1/'],
  ['loopback, IPv6', 'https://[::1]/'],
  ['loopback, IPv4 in IPv6', 'https://[::ffff:127.0.0.1]/'],
  ['loopback, IPv4 in IPv6, hexadecimal', 'https://[0:0:0:0:0:ffff:7f00:1]/'],
  ['loopback, IPv4-compatible IPv6', 'https://[::127.0.0.1]/'],
  ['loopback, IPv4-translated', 'https://[::ffff:0:127.0.0.1]/'],
  ['loopback, NAT64', 'https://[64:ff9b::7f00:1]/'],
  ['loopback, local NAT64', 'https://[64:ff9b:1::7f00:1]/'],
  ['loopback, 6to4', 'https://[2002:7f00:1::]/'],
  ['loopback, Teredo', 'https://[2001:0:7f00:1::]/'],
  ['no address', 'https://0.0.0.0/'],
  ['no address, short', 'https://0/'],
  ['no address, IPv6', 'https://[::]/'],
  ['private 10/8', 'https://10.0.0.1/'],
  ['private 172.16/12', 'https://172.31.255.255/'],
  ['private 192.168/16', 'https://192.168.1.1/'],
  ['cloud metadata', 'https://169.254.169.254/'],
  ['cloud metadata, IPv4 in IPv6', 'https://[::ffff:a9fe:a9fe]/'],
  ['cloud metadata, IPv6', 'https://[fd00:ec2::254]/'],
  ['cloud metadata, carrier-grade NAT', 'https://100.100.100.200/'],
  ['cloud metadata, 192.0.0/24', 'https://192.0.0.192/'],
  ['the host of a virtual machine', 'https://168.63.129.16/'],
  ['link-local IPv6', 'https://[fe80::1]/'],
  ['site-local IPv6', 'https://[fec0::1]/'],
  ['IPv6 outside of the public block', 'https://[8000::1]/'],
  ['documentation', 'https://203.0.113.1/'],
  ['documentation, IPv6', 'https://[2001:db8::1]/'],
  ['benchmark network', 'https://198.18.0.1/'],
  ['multicast', 'https://224.0.0.1/'],
  ['multicast, IPv6', 'https://[ff02::1]/'],
  ['reserved', 'https://240.0.0.1/'],
  ['broadcast', 'https://255.255.255.255/'],
] as const;

describe('addresses', () => {
  test.each(ADDRESS_TRICKS)('%s is refused even when it is listed', async (_, url) => {
    const error = await failure(door()({ method: 'GET', url }, { hosts: [new URL(url).hostname] }));
    expect(error).toBeInstanceOf(SendRefused);
    expect(error.reason).toBe('address-not-public');
  });

  test.each([
    ['a name for loopback', ['127.0.0.1']],
    ['a name for IPv6 loopback', ['::1']],
    ['a name for cloud metadata', ['169.254.169.254']],
    ['a name for a private network', ['10.1.2.3']],
    ['a name for IPv4-compatible IPv6', ['::7f00:1']],
    ['a public address with a private one behind it', ['93.184.215.14', '192.168.0.1']],
    ['a private address with a public one behind it', ['192.168.0.1', '93.184.215.14']],
  ] as const)('%s is refused once it is resolved', async (_, addresses) => {
    const lookup = resolver({ 'name.example': addresses });
    const error = await failure(door({ lookup })({ method: 'GET', url: 'https://name.example/' }, { hosts: ['name.example'] }));
    expect([error.reason, error.host]).toEqual(['address-not-public', 'name.example']);
    expect(lookup.asked).toEqual(['name.example']);
  });

  test.each(['localhost', 'localhost.', 'LOCALHOST'])('%s is refused', async (name) => {
    const lookup = resolver({ localhost: ['127.0.0.1', '::1'], 'localhost.': ['127.0.0.1'] });
    const send = door({ lookup });
    const error = await failure(
      send({ method: 'GET', url: `https://${name}/` }, { hosts: [new URL(`https://${name}`).hostname] }),
    );
    expect(error.reason).toBe('address-not-public');
  });

  test('a resolver that changes its answer is asked once for a connection, and the connection uses what was checked', async () => {
    const server = await serve(() => ({ status: 200, body: 'here' }));
    const port = new URL(server.origin).port;
    const answers = ['127.0.0.1', '10.0.0.1', '127.0.0.1'];
    const asked: string[] = [];
    const rebinding: Lookup = (_, options, callback) => {
      const address = answers[asked.length] ?? '10.0.0.1';
      asked.push(address);
      if (options.all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    };
    const send = door({ lookup: rebinding, configured: [`http://localhost:${port}`] });
    const ask = () => send({ method: 'GET', url: `http://localhost:${port}/` }, { hosts: ['localhost'] });
    expect((await ask()).body).toBe('here');
    expect(asked).toHaveLength(1);
    expect((await failure(ask())).reason).toBe('address-not-public');
    expect(asked).toHaveLength(2);
    const publicDoor = door({ lookup: rebinding });
    const error = await failure(publicDoor({ method: 'GET', url: 'https://name.example/' }, { hosts: ['name.example'] }));
    expect([error.reason, asked.length]).toEqual(['address-not-public', 3]);
  });
});

describe('where a request may go', () => {
  const hosts = ['api.example'];

  test.each([
    ['host-not-listed', 'https://evil.example/'],
    ['host-not-listed', 'https://api.example.evil.example/'],
    ['host-not-listed', 'https://evil-api.example/'],
    ['host-not-listed', 'https://127.0.0.1/?api.example'],
    ['host-not-listed', 'https://evil.example/#@api.example'],
    ['host-not-listed', 'https://evil.example\\@api.example/'],
    ['host-not-listed', 'https://api.example./'],
    ['credentials-in-url', 'https://api.example@127.0.0.1/'],
    ['credentials-in-url', 'https://user:word@api.example/'],
    ['not-https', 'http://api.example/'],
    ['not-https', 'ftp://api.example/'],
    ['port', 'https://api.example:22/'],
    ['port', 'https://api.example:8443/'],
    ['invalid-url', 'https://'],
    ['invalid-url', 'https://127.0.0.1%00.api.example/'],
    ['invalid-url', '//api.example/'],
    ['host-not-listed', 'file:///etc/passwd'],
    ['host-not-listed', 'data:text/plain,hello'],
  ] as const)('%s: %s', async (reason, url) => {
    const lookup = resolver({ 'api.example': ['127.0.0.1'] });
    const error = await failure(door({ lookup })({ method: 'GET', url }, { hosts }));
    expect([error.constructor.name, error.reason]).toEqual(['SendRefused', reason]);
    expect(lookup.asked).toEqual([]);
  });

  test.each(['Host', 'connection', 'Transfer-Encoding', 'content-length', 'Proxy-Authorization', 'User-Agent'])(
    'a service cannot set %s',
    async (name) => {
      const error = await failure(door()({ method: 'GET', url: 'https://api.example/', headers: { [name]: 'x' } }, { hosts }));
      expect(error.reason).toBe('header-not-allowed');
    },
  );

  test('without a contact nothing leaves loopback', async () => {
    const lookup = resolver({ 'api.example': ['127.0.0.1'] });
    const send = door({ lookup, contact: undefined, configured: ['https://gitlab.example'] });
    for (const url of ['https://api.example/', 'https://gitlab.example/']) {
      const error = await failure(send({ method: 'GET', url }, { hosts: ['api.example', 'gitlab.example'] }));
      expect(error.reason).toBe('no-contact');
      expect(error.message).toContain('set contact to');
    }
    expect(lookup.asked).toEqual([]);
    const server = await serve(() => ({ status: 200, body: 'here' }));
    const near = door({ contact: undefined, configured: [server.origin] });
    expect((await near({ method: 'GET', url: `${server.origin}/` }, { hosts: ['127.0.0.1'] })).status).toBe(200);
  });

  test('loopback is reached at a configured origin only, not at its neighbour', async () => {
    const one = await serve(() => ({ status: 200 }));
    const other = await serve(() => ({ status: 200 }));
    const send = door({ configured: [`${one.origin}/slack/{host}`] });
    await send({ method: 'GET', url: `${one.origin}/slack/slack.com/api` }, { hosts: ['127.0.0.1'] });
    const error = await failure(send({ method: 'GET', url: `${other.origin}/` }, { hosts: ['127.0.0.1'] }));
    expect(error.reason).toBe('not-https');
    expect(other.ledger).toEqual([]);
  });

  test.each([
    ['gitlab', /must be an http or https URL/],
    ['http://gitlab.example', /https URL, or http on loopback/],
    ['http://10.0.0.1', /https URL, or http on loopback/],
    ['https://{host}.example', /in its path only/],
    ['ftp://127.0.0.1', /https URL, or http on loopback/],
  ])('%s cannot be configured', (host, message) => {
    expect(() => door({ configured: [host] })).toThrow(message);
  });
});

describe('what comes back', () => {
  async function pair(handler: Handler, faults: FaultPlan | null = null, options: Partial<GuardedSendOptions> = {}) {
    const server = await serve(handler, faults);
    const send = door({ configured: [server.origin], ...options });
    return {
      server,
      ask: (path = '/', maxBytes?: number) =>
        send(
          { method: 'POST', url: `${server.origin}${path}`, headers: { authorization: `Bearer ${SECRET}` }, body: SECRET },
          { hosts: ['127.0.0.1'], ...(maxBytes === undefined ? {} : { maxBytes }) },
        ),
    };
  }

  test('status, headers and body, whatever the status', async () => {
    for (const status of [200, 401, 404, 429, 503]) {
      const { ask } = await pair(() => ({ status, headers: { 'retry-after': '7', 'content-type': 'text/plain' }, body: 'grün' }));
      expect(await ask()).toMatchObject({ status, body: 'grün', headers: { 'retry-after': '7' } });
    }
  });

  test('the request goes as it was given, with the user agent of the program', async () => {
    const seen: unknown[] = [];
    const { ask } = await pair(({ method, path, query, headers, body }) => {
      seen.push({ method, path, query: query.toString(), agent: headers['user-agent'], token: headers['authorization'], body });
      return { status: 200 };
    });
    await ask('/a%2Fb?x=1');
    expect(seen).toEqual([
      { method: 'POST', path: '/a%2Fb', query: 'x=1', agent: 'incidence/test', token: `Bearer ${SECRET}`, body: SECRET },
    ]);
  });

  test('a POST without a body is sent at once, with a length of nothing', async () => {
    const { origin, ledger } = await serve(({ method, headers, body }) => ({
      status: 200,
      body: `${method} ${headers['content-length'] ?? 'no length'} [${body}]`,
    }));
    const send = door({ configured: [origin], timeouts: { totalMs: 2000 } });
    const answer = await send({ method: 'POST', url: `${origin}/me` }, { hosts: ['127.0.0.1'] });
    expect(answer.body).toBe('POST 0 []');
    expect(ledger).toHaveLength(1);
  });

  test('a redirect is an answer: nothing is carried away', async () => {
    const thief = await serve(() => ({ status: 200 }));
    for (const status of [301, 302, 303, 307, 308]) {
      const { server, ask } = await pair(() => ({ status, headers: { location: `${thief.origin}/` } }), null, {});
      const send = door({ configured: [server.origin, thief.origin] });
      const answer = await send({ method: 'GET', url: `${server.origin}/` }, { hosts: ['127.0.0.1'] });
      expect(answer.status).toBe(status);
      expect((await ask()).status).toBe(status);
    }
    expect(thief.ledger).toEqual([]);
  });

  test('nothing is tried again, kept or sent back', async () => {
    const cookies: unknown[] = [];
    const { server, ask } = await pair(({ headers }) => {
      cookies.push(headers['cookie'] ?? null);
      return { status: 503, headers: { 'set-cookie': 'a=b', 'cache-control': 'max-age=60', 'retry-after': '0' } };
    });
    await ask();
    await ask();
    expect(server.ledger).toHaveLength(2);
    expect(cookies).toEqual([null, null]);
  });

  test('proxies of the environment are not used', async () => {
    const proxy = await serve(() => ({ status: 200, body: 'proxy' }));
    const { ask } = await pair(() => ({ status: 200, body: 'service' }));
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => [name, process.env[name]] as const);
    closers.push(() => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : proxy.origin;
    expect((await ask()).body).toBe('service');
    expect(proxy.ledger).toEqual([]);
  });

  test('a body is read up to its limit and no further, packed or not', async () => {
    const { ask } = await pair(() => ({ status: 200, body: 'x'.repeat(2000) }));
    expect((await ask('/', 2000)).body).toHaveLength(2000);
    expect((await failure(ask('/', 1999))).reason).toBe('body-too-long');
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const packed = await pair(() => ({ status: 200, headers: { 'content-encoding': 'gzip' }, body: bomb }));
    expect((await failure(packed.ask())).reason).toBe('body-too-long');
  });

  test.each([
    ['drip', { kind: 'drip', bytes: 1, everyMs: 50 }, 'timeout'],
    ['stall', { kind: 'stall' }, 'timeout'],
    ['cut', { kind: 'cut', bytes: 3 }, 'truncated'],
    ['reset', { kind: 'reset' }, 'connection'],
  ] as const)('%s ends soon, with its reason', async (_, fault, reason) => {
    const { server, ask } = await pair(
      () => ({ status: 200, body: 'a body of some length' }),
      () => fault,
      { timeouts: { totalMs: 300 } },
    );
    const started = Date.now();
    const error = await failure(ask());
    expect([error.constructor.name, error.reason]).toEqual(['SendFailed', reason]);
    expect(Date.now() - started).toBeLessThan(2000);
    expect(server.ledger.length).toBeLessThanOrEqual(1);
  });

  test('a host that accepts and says nothing, and one that is not there', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const send = door({ configured: [origin, 'http://127.0.0.1:1'], timeouts: { totalMs: 200 } });
    expect((await failure(send({ method: 'GET', url: `${origin}/` }, { hosts: ['127.0.0.1'] }))).reason).toBe('timeout');
    const gone = await failure(send({ method: 'GET', url: 'http://127.0.0.1:1/' }, { hosts: ['127.0.0.1'] }));
    expect([gone.reason, gone.message]).toEqual(['connection', 'no connection to 127.0.0.1 (ECONNREFUSED)']);
  });

  test('a name without address', async () => {
    const error = await failure(door()({ method: 'GET', url: 'https://gone.example/' }, { hosts: ['gone.example'] }));
    expect([error.constructor.name, error.reason]).toEqual(['SendFailed', 'dns']);
  });

  test('no error holds the token, wherever in the request it stood', async () => {
    const { server, ask } = await pair(
      () => ({ status: 200, body: SECRET }),
      () => ({ kind: 'reset' }),
    );
    const send = door({ configured: [server.origin] });
    const errors = [
      await failure(ask(`/bot${SECRET}/getMe?token=${SECRET}`)),
      await failure(send({ method: 'GET', url: `https://[${SECRET}/` }, { hosts: [] })),
      await failure(send({ method: 'GET', url: `https://${SECRET}@api.example/` }, { hosts: ['api.example'] })),
      await failure(send({ method: 'GET', url: `https://api.example/${SECRET}` }, { hosts: ['api.example'] })),
      await failure(
        send({ method: 'GET', url: `${server.origin}/`, headers: { authorization: `${SECRET}\n` } }, { hosts: ['127.0.0.1'] }),
      ),
    ];
    for (const error of errors) {
      expect(error.cause).toBeUndefined();
      const everything = `${error.stack} ${error.message} ${JSON.stringify(Object.getOwnPropertyDescriptors(error))}`;
      expect(everything).not.toContain(SECRET);
    }
  });
});

/** Where a request may go: contact, redirects, addresses, proxies, credentials. */
import { createServer, request as httpRequest } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NotAllowed, Refused } from '../errors.ts';
import { door, ioTo, json, registryAt, serve } from './test-kit.ts';

const never = new AbortController().signal;
const CONTACT = 'research@example.org';

/** Every name leads to this machine: nothing of these tests leaves it. */
const here: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

function portOf(origin: string): string {
  return new URL(origin).port;
}

describe('without a contact', () => {
  test('nothing leaves this machine, and the error says what to set', async () => {
    const io = door().io(registryAt('pypi', { index: 'https://pypi.example' }), { signal: never });
    const error: unknown = await io.json('https://pypi.example/simple/').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(NotAllowed);
    expect(String(error)).toMatch(
      /nothing leaves this machine without a contact: pypi\.example.*`contact` in the config file, or INCIDENCE_CONTACT/,
    );
  });

  test.each([
    'http://127.0.0.1',
    'http://127.8.9.10',
    'http://localhost',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://2130706433',
    'http://0x7f.1',
  ])('%s is this machine', async (host) => {
    const server = await serve(json({}));
    const origin = `${host}:${portOf(server.origin)}`;
    const io = door({ lookup: here }).io(registryAt('pypi', { index: origin }), { signal: never });
    const outcome: unknown = await io.json(`${origin}/`).catch((one: unknown) => one);
    // Where this machine does not listen there, it cannot be reached; it is not forbidden.
    expect(outcome).not.toBeInstanceOf(NotAllowed);
    expect(outcome).not.toBeInstanceOf(Refused);
  });

  test.each(['http://0.0.0.0', 'http://10.0.0.1', 'http://localhost.example', 'http://127.0.0.1.example', 'http://[::]'])(
    '%s is not',
    async (host) => {
      const io = door({ lookup: here }).io(registryAt('pypi', { index: host }), { signal: never });
      await expect(io.json(`${host}/`)).rejects.toThrow(NotAllowed);
    },
  );
});

describe('redirects', () => {
  test('are followed three times', async () => {
    const server = await serve((request) => {
      const left = Number(request.path.slice(1));
      return left === 0
        ? json('there')
        : { status: [301, 302, 303, 307, 308][left % 5] ?? 302, headers: { location: `/${left - 1}` } };
    });
    for (const id of ['npm', 'pypi'] as const) {
      const io = ioTo(server, { id });
      expect(await io.json(`${server.origin}/3`)).toMatchObject({ body: 'there', url: `${server.origin}/0` });
      await expect(io.json(`${server.origin}/4`)).rejects.toThrow(/more than 3 redirects/);
    }
    expect(server.ledger).toHaveLength(16);
  });

  test.each([undefined, 'http://[', 'ftp://127.0.0.1/x', 'file:///etc/passwd'])('to %s lead nowhere', async (location) => {
    const server = await serve({ status: 302, headers: location === undefined ? {} : { location } });
    for (const id of ['npm', 'pypi'] as const) {
      await expect(ioTo(server, { id }).json(`${server.origin}/`)).rejects.toThrow(/Location|only http and https/);
    }
  });

  test('to a name outside of ASCII lead there, be it encoded or as it is', async () => {
    const asItIs = Buffer.from('/grün', 'utf8').toString('latin1');
    for (const location of ['/gr%C3%BCn', asItIs, '/gr\u00fcn']) {
      const server = await serve(({ path }) =>
        path === '/' ? { status: 302, headers: { location } } : json(decodeURIComponent(path)),
      );
      for (const id of ['npm', 'pypi'] as const)
        expect(await ioTo(server, { id }).json(`${server.origin}/`)).toMatchObject({ body: '/grün' });
    }
  });

  test('of a POST are not followed', async () => {
    const server = await serve({ status: 307, headers: { location: '/there' } });
    for (const id of ['npm', 'pypi'] as const) {
      await expect(ioTo(server, { id }).json(`${server.origin}/`, { method: 'POST', body: 'q=1' })).rejects.toThrow(
        /a POST is not sent on/,
      );
    }
    expect(server.ledger).toHaveLength(2);
  });

  test('from this machine lead to another port of it, through its own gate', async () => {
    const other = await serve(json('other'));
    const server = await serve({ status: 302, headers: { location: `${other.origin}/there` } });
    for (const id of ['npm', 'pypi'] as const) {
      const http = door();
      expect((await ioTo(server, { id, http }).json(`${server.origin}/`)).url).toBe(`${other.origin}/there`);
      expect(http.hosts().map((host) => [host.host, host.requests])).toEqual([
        [new URL(server.origin).host, 1],
        [new URL(other.origin).host, 1],
      ]);
    }
  });

  test.each(['http://169.254.169.254/latest/meta-data/', 'http://10.0.0.1/', 'http://[fe80::1]/', 'https://registry.example/'])(
    'from this machine never lead out of it: %s',
    async (location) => {
      const server = await serve({ status: 302, headers: { location } });
      for (const id of ['npm', 'pypi'] as const) {
        const io = ioTo(server, { id, http: door({ contact: CONTACT, lookup: here }) });
        await expect(io.json(`${server.origin}/`)).rejects.toThrow(/every origin of (npm|PyPI) is on this machine/);
      }
    },
  );

  describe('from a host elsewhere', () => {
    /** A registry elsewhere, which in truth is a server here. */
    async function elsewhere(location: string): Promise<() => Promise<unknown>> {
      const server = await serve({ status: 302, headers: { location } });
      const origin = `http://registry.example:${portOf(server.origin)}`;
      const io = door({ contact: CONTACT, lookup: here }).io(registryAt('pypi', { index: origin }), { signal: never });
      return () => io.json(`${origin}/`);
    }

    test('never lead to this machine', async () => {
      const inner = await serve(json('secret'));
      for (const host of ['127.0.0.1', 'localhost', '2130706433', 'a.localhost']) {
        const ask = await elsewhere(`http://${host}:${portOf(inner.origin)}/`);
        await expect(ask()).rejects.toThrow(/sent us to this machine itself/);
      }
      expect(inner.ledger).toHaveLength(0);
    });

    test('never lead to another host without encryption', async () => {
      const ask = await elsewhere('http://other.example/');
      await expect(ask()).rejects.toThrow(/without encryption; only https is followed/);
    });

    test.each([
      '10.0.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '[fd00::1]',
      '[::ffff:10.0.0.1]',
      '0.0.0.0',
      '[64:ff9b::a00:1]',
    ])('never lead to the private address %s', async (address) => {
      const ask = await elsewhere(`https://${address}/`);
      const error: unknown = await ask().catch((one: unknown) => one);
      expect(error).toBeInstanceOf(Refused);
      expect(String(error)).toMatch(/is not a public address/);
    });

    test('never lead to a name whose address is private, whatever the name looks like', async () => {
      const ask = await elsewhere('https://files.example/');
      await expect(ask()).rejects.toThrow(/files\.example is not a public address/);
    });
  });
});

describe('what a registry hands out', () => {
  const registry = registryAt('nuget', {
    index: 'https://api.nuget.example/v3',
    gallery: 'https://www.nuget.example',
    files: 'https://api.nuget.example/v3-flatcontainer',
  });

  test('is mapped to the configured origin, the longest base first', () => {
    const io = door().io(registry, {
      signal: never,
      origins: { index: 'http://127.0.0.1:1/mirror', files: 'http://127.0.0.1:2' },
    });
    expect(io.rebase('https://api.nuget.example/v3/catalog0/index.json?a=b')).toBe(
      'http://127.0.0.1:1/mirror/catalog0/index.json?a=b',
    );
    expect(io.rebase('https://api.nuget.example/v3-flatcontainer/a/1.0.0/a.1.0.0.nupkg')).toBe(
      'http://127.0.0.1:2/a/1.0.0/a.1.0.0.nupkg',
    );
    expect(io.rebase('http://api.nuget.example/v3')).toBe('http://127.0.0.1:1/mirror');
    expect(io.rebase('https://www.nuget.example/packages')).toBe('https://www.nuget.example/packages');
    expect(io.rebase('https://elsewhere.example/v3/x')).toBe('https://elsewhere.example/v3/x');
    expect(io.rebase('https://api.nuget.example/v3x')).toBe('https://api.nuget.example/v3x');
    expect(() => io.rebase('not a url')).toThrow(Refused);
    expect(() => io.rebase('javascript:alert(1)')).toThrow(/only http and https/);
    expect(io.origin('index')).toBe('http://127.0.0.1:1/mirror');
  });

  test('may be elsewhere over https only, and not at all where every origin is on this machine', async () => {
    const signal = never;
    const theirs = door({ contact: CONTACT, lookup: here }).io(registry, { signal });
    await expect(theirs.json('http://cdn.example/a')).rejects.toThrow(/only https is followed/);
    await expect(theirs.json('https://cdn.example/a')).rejects.toThrow(/cdn\.example is not a public address/);
    await expect(theirs.json('http://127.0.0.1:1/a')).rejects.toThrow(/this machine itself/);
    const origins = { index: 'http://127.0.0.1:1', gallery: 'http://127.0.0.1:1', files: 'http://127.0.0.1:1' };
    const local = door({ contact: CONTACT, lookup: here }).io(registry, { signal, origins });
    await expect(local.json('https://cdn.example/a')).rejects.toThrow(/every origin of NuGet is on this machine/);
  });

  test.each([
    [{ origins: { indx: 'http://127.0.0.1' } }, /NuGet has no origin named indx; it has index, gallery, files/],
    [{ rates: { gems: 1 } }, /NuGet has no origin named gems/],
    [{ origins: { index: 'ftp://127.0.0.1' } }, /origin index of NuGet must be an http or https URL/],
    [{ origins: { index: 'nonsense' } }, /origin index of NuGet must be an http or https URL/],
  ])('a mistake in the configuration is named: %o', (options, message) => {
    expect(() => door().io(registry, { signal: never, ...options })).toThrow(message);
  });

  test('an unknown role is a mistake that names the known ones', () => {
    expect(() => door().io(registry, { signal: never }).origin('search')).toThrow(
      /no origin named search; it has index, gallery, files/,
    );
  });
});

describe('credentials', () => {
  test('of a configured origin go to that origin alone, and into no message or reply', async () => {
    const other = await serve((request) => json({ authorization: request.headers['authorization'] ?? null }));
    const server = await serve((request) => {
      if (request.path === '/away') return { status: 302, headers: { location: `${other.origin}/there` } };
      if (request.path === '/gone') return { status: 404 };
      return json({ authorization: request.headers['authorization'] ?? null });
    });
    const origin = server.origin.replace('http://', 'http://anna:s3cret@');
    const io = ioTo({ origin });
    const basic = `Basic ${Buffer.from('anna:s3cret').toString('base64')}`;
    const direct = await io.json(`${io.origin('registry')}/here`);
    expect(direct.body).toEqual({ authorization: basic });
    expect(direct.url).toBe(`${server.origin}/here`);
    // A URL that the mirror hands out knows no credentials.
    expect((await io.json(`${server.origin}/here`)).body).toEqual({ authorization: basic });
    expect((await io.json(`${origin}/away`)).body).toEqual({ authorization: null });
    const error: unknown = await io.json(`${origin}/gone`).catch((one: unknown) => one);
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret');
  });

  test('that an adapter sends do not follow a redirect to another origin, nor within it', async () => {
    const other = await serve((request) =>
      request.path === '/first' ? { status: 302, headers: { location: '/second' } } : json(request.headers),
    );
    const server = await serve((request) => {
      if (request.path === '/same') return { status: 302, headers: { location: '/here' } };
      return request.path === '/away' ? { status: 302, headers: { location: `${other.origin}/first` } } : json(request.headers);
    });
    const io = ioTo(server);
    const headers = { authorization: 'Bearer s3cret', 'x-api-key': 's3cret', cookie: 'a=s3cret' };
    expect((await io.json(`${server.origin}/same`, { headers })).body).toMatchObject(headers);
    const { body, url } = await io.json(`${server.origin}/away`, { headers, etag: '"1"' });
    expect(url).toBe(`${other.origin}/second`);
    expect(JSON.stringify(body)).not.toContain('s3cret');
    expect(body).toMatchObject({ 'if-none-match': '"1"', 'user-agent': 'incidence/1.2.3' });
  });
});

describe('proxies of the environment', () => {
  /** A forwarding proxy, as small as one can be: it sends every name to this machine. */
  async function proxy(): Promise<{ readonly url: string; readonly seen: string[] }> {
    const seen: string[] = [];
    const server = createServer((incoming, outgoing) => {
      seen.push(incoming.url ?? '');
      const target = new URL(incoming.url ?? '');
      const onward = httpRequest(
        { host: '127.0.0.1', port: target.port, path: target.pathname, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  }

  test('are used for hosts elsewhere, not for NO_PROXY and never for this machine', async () => {
    const server = await serve(json('through'));
    const { url, seen } = await proxy();
    const port = portOf(server.origin);
    const http = door({
      contact: CONTACT,
      lookup: here,
      proxyEnv: { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: 'direct.example' },
    });
    const registry = registryAt('pypi', {
      a: `http://registry.example:${port}`,
      b: `http://direct.example:${port}`,
      c: server.origin,
    });
    const io = http.io(registry, { signal: never });
    expect((await io.json(`http://registry.example:${port}/x`)).body).toBe('through');
    expect(seen).toEqual([`http://registry.example:${port}/x`]);
    await io.json(`http://direct.example:${port}/x`);
    await io.json(`${server.origin}/x`);
    expect(seen).toHaveLength(1);
    expect(server.ledger).toHaveLength(3);
  });

  test('carry https as a tunnel to the host itself', async () => {
    const tunnels: (string | undefined)[] = [];
    const server = createServer();
    server.on('connect', (request, socket) => {
      tunnels.push(request.url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const http = door({
      contact: CONTACT,
      proxyEnv: { https_proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    });
    const io = http.io(registryAt('pypi', { index: 'https://registry.example' }), { signal: never });
    await expect(io.json('https://registry.example/x')).rejects.toThrow(/registry\.example could not be reached/);
    expect(new Set(tunnels)).toEqual(new Set(['registry.example:443']));
  });

  test('do not open a way to private addresses', async () => {
    const { url, seen } = await proxy();
    const server = await serve({ status: 302, headers: { location: 'https://10.0.0.1/' } });
    const http = door({ contact: CONTACT, proxyEnv: { https_proxy: url, http_proxy: url } });
    const origin = `http://registry.example:${portOf(server.origin)}`;
    await expect(http.io(registryAt('pypi', { index: origin }), { signal: never }).json(`${origin}/`)).rejects.toThrow(
      /not a public address/,
    );
    expect(seen).toHaveLength(1);
  });
});

test('NuGet is told by the User-Agent that we are automated, and by whom', async () => {
  const server = await serve((request) => json(request.headers['user-agent']));
  const { body } = await ioTo(server, { id: 'nuget', http: door({ contact: CONTACT }) }).json(`${server.origin}/`);
  expect(body).toBe(
    'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0; AppInsights) incidence/1.2.3 (+research@example.org)',
  );
});

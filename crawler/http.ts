/**
 * The only door out to the registries.
 *
 * Every request of an adapter and every download leaves through here: identified, at the host's rate, within its budget,
 * within limits of time and size, and only to where the registry may send us. npm's registry is asked through npm's own
 * client, everything else through got; both send once and leave trying again to the gate.
 */
import type { Artifact, RegistryId } from '../data/model.ts';
import { createGates, type GateLog, type GateTuning, type HostStatus, type RequestLedger, type SharedLimits } from './gate.ts';
import { createAgents, type Lookup, type ProxyEnv } from './http/agents.ts';
import type { BodyLimits } from './http/body.ts';
import { download, type Download } from './http/download.ts';
import { createPages } from './http/pages.ts';
import { sendWithNpm } from './http/npm-transport.ts';
import { resolveOrigins } from './http/origins.ts';
import { resumed } from './http/resume.ts';
import { readJson, readText, request, type RequestContext, type Wanted } from './http/request.ts';
import { sendWithGot, type PhaseTimeouts } from './http/transport.ts';
import type { NpmOptions } from './npm-config.ts';
import type { Ask, Registry, RegistryIo } from './registry.ts';

export interface HttpOptions {
  /** Version of this program, for the User-Agent. */
  readonly version: string;
  /** Mail address or URL, for the User-Agent. Without one nothing leaves this machine. */
  readonly contact: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to below 1; for jitter. */
  readonly random: () => number;
  readonly ledger: RequestLedger;
  /** Where several processes keep rates, connections and back-off together; without it this process keeps them alone. */
  readonly shared?: SharedLimits | undefined;
  readonly log?: GateLog | undefined;
  /** The user's npm configuration (`readNpmConfig`); null asks npm's registry with npm's defaults. */
  readonly npmOptions?: NpmOptions | null | undefined;
  /** Variables that name proxies, such as `process.env`; none by default. */
  readonly proxyEnv?: ProxyEnv | undefined;
  /** How names become addresses; the system's way by default. */
  readonly lookup?: Lookup | undefined;
  readonly tuning?: Partial<GateTuning> | undefined;
  readonly timeouts?: Partial<PhaseTimeouts> | undefined;
  readonly body?: Partial<Omit<BodyLimits, 'maxBytes'>> | undefined;
}

export interface IoOptions {
  /** By role, in place of the registry's own. */
  readonly origins?: Readonly<Record<string, string>> | undefined;
  /** Requests per second by role; above the registry's budget only where the origin is one's own. */
  readonly rates?: Readonly<Record<string, number>> | undefined;
  readonly signal: AbortSignal;
  /** Called for every item that an adapter could not understand. */
  readonly onDrop?: ((reason: string) => void) | undefined;
}

export interface DownloadOptions {
  /** Bytes as downloaded, above which the artifact is TooLarge. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** What the pipeline gets: an adapter's `io`, and what adapters do not need. */
export interface RegistryAccess extends RegistryIo {
  /**
   * The pages of a listing (`names`, `changes`), taken up again from the cursor of the last one where an answer broke off in
   * the middle. Pages may repeat names, as the contract says. Ends with the error when a page cannot be had by trying again.
   */
  pages<P extends { readonly cursor: string }>(
    list: (cursor: string | null, io: RegistryIo) => AsyncIterable<P>,
    from: string | null,
  ): AsyncGenerator<P, void, undefined>;
  /**
   * The artifact in memory, its size and digest checked. Takes up where it broke off, where the host can. Errors: TooLarge,
   * DigestMismatch (after one fresh try), Gone, Refused, Unavailable, NotAllowed, Throttled.
   */
  download(artifact: Artifact, options: DownloadOptions): Promise<Download>;
}

export interface Http {
  io(registry: Registry, options: IoOptions): RegistryAccess;
  /** Numbers of every host asked so far. */
  hosts(): readonly HostStatus[];
  /** Gives up waiting requests and closes idle connections. */
  close(): void;
  /** After closing: resolves when other processes can have all that this one took of the common limits. */
  settled(): Promise<void>;
}

const TIMEOUTS: PhaseTimeouts = {
  lookupMs: 15_000,
  connectMs: 15_000,
  secureConnectMs: 15_000,
  sendMs: 30_000,
  responseMs: 60_000,
};

const BODY: Omit<BodyLimits, 'maxBytes'> = { idleMs: 30_000, minBytesPerSecond: 50_000, graceMs: 60_000, abandonMs: 15 * 60_000 };

/** Bytes of a page or document where the adapter sets no limit: above every list that a registry sends in one piece. */
const DEFAULT_MAX_BYTES = 128 * 1024 * 1024;

/**
 * Put before our own name where a registry's operators ask for it. NuGet leaves downloads by clients that begin like this
 * out of its counts, so that a census does not inflate the very statistics it ranks by; the advice asks for one's own name
 * behind it: https://github.com/praeclarum/FuGetGallery/pull/139.
 */
const USER_AGENT_PREFIX: Partial<Readonly<Record<RegistryId, string>>> = {
  nuget: 'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0; AppInsights)',
};

export function createHttp(options: HttpOptions): Http {
  const { version, contact, npmOptions = null } = options;
  const gates = createGates(options);
  const agents = createAgents(options.proxyEnv ?? {}, options.lookup);
  const npm = sendWithNpm(npmOptions);
  const pages = createPages('incidence');

  function contextOf(registry: Registry, { origins = {}, rates = {}, signal }: IoOptions): RequestContext {
    // The user's npm configuration says where npm's registry is, unless this program's own configuration does.
    const byNpm = registry.id === 'npm' && origins['registry'] === undefined ? npmOptions : null;
    const settings =
      byNpm === null
        ? { origins, rates, contact }
        : { origins: { ...origins, registry: byNpm.registry }, rates, contact, scopes: byNpm.scopes };
    return {
      gates,
      agents,
      origins: resolveOrigins(registry, settings),
      userAgent: userAgent(registry.id, version, contact),
      transportOf: (role) => (registry.id === 'npm' && role === 'registry' ? npm : sendWithGot),
      checkPage: (context, url) => pages.check(context, url),
      timeouts: { ...TIMEOUTS, ...options.timeouts },
      body: { ...BODY, ...options.body },
      now: options.now,
      signal,
    };
  }

  return {
    io(registry, ioOptions) {
      const context = contextOf(registry, ioOptions);
      const access: RegistryAccess = {
        signal: ioOptions.signal,
        drop: (reason) => ioOptions.onDrop?.(reason),
        origin: (role) => context.origins.base(role),
        rebase: (url) => context.origins.rebase(url),
        json: (url, ask = {}) =>
          request(context, url, wanted(ask, 'application/json'), async (answer) => ({
            status: answer.status,
            headers: answer.headers,
            url: answer.url,
            body: await readJson(answer, ask.method ?? 'GET'),
          })),
        text: (url, ask = {}) =>
          request(context, url, wanted(ask, 'text/plain, */*;q=0.5'), async (answer) => ({
            status: answer.status,
            headers: answer.headers,
            url: answer.url,
            body: await readText(answer),
          })),
        stream: (url, ask = {}) =>
          request(context, url, wanted(ask, '*/*'), (answer) =>
            Promise.resolve({ status: answer.status, headers: answer.headers, url: answer.url, body: answer.pieces }),
          ),
        pages: (list, from) => resumed(context, (cursor) => list(cursor, access), from),
        download: (artifact, downloadOptions) => download(context, artifact, downloadOptions),
      };
      return access;
    },
    hosts: () => gates.status(),
    settled: async () => gates.settled(),
    close() {
      gates.close();
      agents.close();
    },
  };
}

function wanted(ask: Ask, accept: string): Wanted {
  return {
    ...ask,
    accept: ask.accept ?? accept,
    maxBytes: ask.maxBytes ?? DEFAULT_MAX_BYTES,
    decompress: ask.range === undefined,
  };
}

function userAgent(registry: RegistryId, version: string, contact: string | undefined): string {
  const own = contact === undefined ? `incidence/${version}` : `incidence/${version} (+${contact})`;
  const prefix = USER_AGENT_PREFIX[registry];
  return prefix === undefined ? own : `${prefix} ${own}`;
}

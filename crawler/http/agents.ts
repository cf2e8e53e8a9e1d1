/**
 * Connections, kept alive, in three degrees of trust.
 *
 * `loopback` goes straight to this machine. `configured` is a host that the registry or its user names: it may be anywhere
 * and is reached through the proxies of the environment. `public` is a host that an answer names: the address that is
 * connected to, after name resolution, must be a public one. Node's own agents know HTTP_PROXY, HTTPS_PROXY and NO_PROXY;
 * through a proxy it is the proxy that resolves names, so there only literal addresses can be checked.
 */
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';

export type Trust = 'loopback' | 'configured' | 'public';

export interface AgentPair {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Environment variables that name proxies; both spellings. */
export interface ProxyEnv {
  readonly HTTP_PROXY?: string | undefined;
  readonly HTTPS_PROXY?: string | undefined;
  readonly NO_PROXY?: string | undefined;
  readonly http_proxy?: string | undefined;
  readonly https_proxy?: string | undefined;
  readonly no_proxy?: string | undefined;
}

export interface Agents {
  of(trust: Trust): AgentPair;
  close(): void;
}

/** How names become addresses, as Node's own connections want it. */
export type Lookup = NonNullable<AgentOptions['lookup']>;

export function createAgents(proxyEnv: ProxyEnv, lookup?: Lookup): Agents {
  const direct: AgentOptions = { keepAlive: true, maxFreeSockets: 16, ...(lookup === undefined ? {} : { lookup }) };
  const proxied: AgentOptions = { ...direct, proxyEnv: proxyVariables(proxyEnv) };
  const pairs: Readonly<Record<Trust, AgentPair>> = {
    loopback: { http: new HttpAgent(direct), https: new HttpsAgent(direct) },
    configured: { http: new HttpAgent(proxied), https: new HttpsAgent(proxied) },
    public: { http: new RequestFilteringHttpAgent(proxied), https: new RequestFilteringHttpsAgent(proxied) },
  };
  return {
    of: (trust) => pairs[trust],
    close() {
      for (const { http, https } of Object.values(pairs)) {
        http.destroy();
        https.destroy();
      }
    },
  };
}

/** Only the variables that Node reads, and only those that are set. */
function proxyVariables(env: ProxyEnv): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'] as const) {
    const value = env[name];
    if (value !== undefined && value !== '') variables[name] = value;
  }
  return variables;
}

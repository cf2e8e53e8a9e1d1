/**
 * Numbers of a run for Prometheus, on loopback alone: the counts that `status` shows, read from the database when asked for, and
 * what this process asked of each host. Names follow https://prometheus.io/docs/practices/naming/.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { HostStatus } from '../crawler/gate.ts';
import { isLoopback } from '../crawler/http/addresses.ts';
import type { RunProgress } from '../data/store/progress.ts';
import { UsageError } from './errors.ts';
import type { Tally } from './pipeline.ts';
import { VERSION } from './setup.ts';

export interface MetricsSources {
  readonly progress: () => Promise<RunProgress>;
  readonly hosts: () => readonly HostStatus[];
  readonly tally: Tally;
}

export interface MetricsServer {
  /** `http://127.0.0.1:PORT/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Answers `GET /metrics` at `address` (a port, or a loopback host and a port; 0 takes a free one) until closed.
 *
 * @throws UsageError where the address is not of this machine's loopback, or is taken
 */
export async function serveMetrics(address: string, sources: MetricsSources): Promise<MetricsServer> {
  const { hostname, port } = parseAddress(address);
  const { registry, refresh } = registryOf(sources);
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
      return;
    }
    refresh()
      .then(async () => registry.metrics())
      .then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        // The database may be closing; the next scrape finds it or nobody.
        () => response.writeHead(503, { 'content-type': 'text/plain' }).end('the run cannot be read now\n'),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new UsageError(`metrics cannot be served at ${hostname}:${port} (${error.message}); choose another port`, {
          cause: error,
        }),
      ),
    );
    server.listen(port, hostname, resolve);
  });
  // A scraper that keeps its connection does not keep the program alive.
  server.unref();
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${taken}/metrics`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function parseAddress(text: string): { readonly hostname: string; readonly port: number } {
  const whole = /^\d+$/.test(text) ? `127.0.0.1:${text}` : text;
  const url = URL.parse(`http://${whole}`);
  if (url === null || !isLoopback(url) || url.pathname !== '/' || url.username !== '')
    throw new UsageError(
      `metrics are served on loopback alone: expected a port, or an address such as 127.0.0.1:9464, not ${JSON.stringify(text)}`,
    );
  return { hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 80 : Number(url.port) };
}

/** A registry of metrics that is brought up to date before each scrape. */
function registryOf({ progress, hosts, tally }: MetricsSources): {
  readonly registry: Registry;
  readonly refresh: () => Promise<void>;
} {
  const registry = new Registry();
  registry.setDefaultLabels({ program: 'incidence' });
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `incidence_${name}`, help, labelNames, registers: [registry] });
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: `incidence_${name}`, help, labelNames, registers: [registry] });

  const ofRun = {
    info: gauge('run_info', 'The run that this process works on; always 1.', 'run', 'period', 'state', 'version'),
    frame: gauge('frame_packages', 'Packages that the registry lists.', 'registry'),
    packages: gauge('packages', 'Packages of the sample by state.', 'registry', 'state'),
    dropped: gauge('dropped_items', 'Items of the registry that could not be understood.', 'registry', 'reason'),
    undecided: gauge('undecided_tokens', 'Tokens that a later look may decide.'),
    artifacts: counter('artifacts_total', 'Artifacts of this process: fetched, or recognised without fetching them.', 'how'),
  };
  const ofHosts = {
    requests: counter('host_requests_total', 'Requests sent, retries, redirects and HEADs included.', 'host'),
    retries: counter('host_retries_total', 'Requests that were sent again.', 'host'),
    throttled: counter('host_throttled_total', 'Answers that asked to slow down.', 'host'),
    failed: counter('host_failed_total', 'Requests that failed.', 'host'),
    waiting: gauge('host_waiting', 'Requests that wait for their turn.', 'host'),
    inFlight: gauge('host_in_flight', 'Requests under way.', 'host'),
    budgetLeft: gauge('host_budget_left', 'Requests left of the ceiling of 30 days; absent without one.', 'host'),
    backoff: gauge('host_backoff_until_seconds', 'End of the back-off, seconds since 1970; absent without one.', 'host'),
    switchedOff: gauge('host_switched_off', '1 where the host refused us and is left alone.', 'host'),
  };

  return {
    registry,
    refresh: async () => {
      const run = await progress();
      for (const metric of [...Object.values(ofRun), ...Object.values(ofHosts)]) metric.reset();
      ofRun.info.set({ run: run.id, period: run.period ?? '', state: run.state, version: VERSION }, 1);
      ofRun.undecided.set(run.undecidedTokens);
      ofRun.artifacts.inc({ how: 'downloaded' }, tally.downloaded);
      ofRun.artifacts.inc({ how: 'known' }, tally.known);
      for (const { registry: id, frameSize, pending, analysed, noRelease, failed, dropped } of run.registries) {
        if (frameSize !== null) ofRun.frame.set({ registry: id }, frameSize);
        for (const [state, count] of Object.entries({ pending, analysed, 'no-release': noRelease, failed }))
          ofRun.packages.set({ registry: id, state }, count);
        for (const { reason, count } of dropped) ofRun.dropped.set({ registry: id, reason }, count);
      }
      for (const one of hosts()) {
        const labels = { host: one.host };
        for (const key of ['requests', 'retries', 'throttled', 'failed'] as const) ofHosts[key].inc(labels, one[key]);
        ofHosts.waiting.set(labels, one.waiting);
        ofHosts.inFlight.set(labels, one.inFlight);
        ofHosts.switchedOff.set(labels, one.switchedOff === null ? 0 : 1);
        if (one.budgetLeft !== null) ofHosts.budgetLeft.set(labels, one.budgetLeft);
        if (one.backoffUntil !== null) ofHosts.backoff.set(labels, one.backoffUntil / 1000);
      }
    },
  };
}

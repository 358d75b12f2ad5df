/** A server from its start to its end, as `serve`, `server` and `demo` share it. */
import type { Backend } from '../backend.ts';
import type { ClusterBackend } from '../cluster/index.ts';
import { shownAddress } from '../druid/shown-address.ts';
import type { EmbeddedBackend } from '../embedded/index.ts';
import { startLiveLine } from '../observe/live-line.ts';
import { createLogger, type Logger } from '../observe/log.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import { Terminal } from '../observe/terminal.ts';
import type { PromotableBackend } from '../promote/backend.ts';
import { close, createServer, createTranquilityServer, listen, type Server } from '../server/server.ts';
import type { RealtimeSpecs } from '../sources/firehoses/index.ts';
import type { DataSource } from '../spec/data-source.ts';
import { aborted } from '../waiting.ts';
import { type BackendOptions, type ClusterOfFile, type ClusterSettings, clusterSettings } from './cluster-options.ts';
import type { ServingOptions } from './options.ts';
import { shownHost } from './shown-host.ts';
import { stopSignal } from './stop-signal.ts';
import { growYoungGeneration } from './v8-flags.ts';

export interface RunOptions extends ServingOptions, BackendOptions {
  readonly autoCreate: boolean;
  /** Defined before the server listens. */
  readonly dataSources: readonly DataSource[];
  /** Makes it a realtime node. */
  readonly realtime?: RealtimeSpecs;
  /** What the command's file says of the cluster. */
  readonly ofFile?: ClusterOfFile;
  /** Tranquility's endpoints on a port of their own, too. */
  readonly tranquilityPort?: number | undefined;
  /** Whether `whileServing` writes events into the backend by another way than its pushes. */
  readonly ownSources?: boolean;
  /** What to do once it listens; must end when the signal aborts. */
  readonly whileServing?: (running: Running) => Promise<void>;
}

export interface Running {
  readonly backend: EmbeddedBackend | ClusterBackend;
  /** The same as the server's clients have it: pushes go where their dataSource is. */
  readonly served: Backend;
  readonly url: string;
  readonly signal: AbortSignal;
  /** Prints a line on standard output; in a terminal above the live one. */
  print(line: string): void;
}

/**
 * Plans and answers fill a young generation of 1 MB with every second query, and what is alive then is copied twice and grows old: with 32 MB queries
 * take a tenth to a third less time, and 16 clients' server 100 MB less memory. One that only takes events does without.
 */
const youngBytes = 32 * 2 ** 20;

/** How long requests under way may take after the first Ctrl-C. */
const closeGraceMs = 10_000;

/** Resolves after a stop signal, once everything accepted is durable. */
export async function runServer(options: RunOptions): Promise<void> {
  const { host, port, tranquilityPort } = options;
  const signal = stopSignal();
  const metrics = createMetrics();
  const terminal = process.stderr.isTTY ? new Terminal(process.stderr) : undefined;
  const log = createLogger(options.logLevel, terminal);
  const cluster = clusterSettings(options, options.ofFile);
  const backend = await openBackend(options, cluster, { metrics, log, signal });
  if (!backend) return;
  const served = 'druid' in backend ? backend : await promotable(backend, options, { metrics, log });
  const servers: Server[] = [];
  const serverOptions = {
    backend: served,
    promotions: 'promotions' in served ? served.promotions : undefined,
    metrics,
    log,
    maxBodyBytes: options.maxBodyBytes,
    properties: propertiesOf(options, cluster),
    // It takes some 40 ms, once: in a turn of its own.
    onAnswer: () => setImmediate(growYoungGeneration, youngBytes),
  };
  const start = (server: Server, at: number, setting: string) => {
    servers.push(server);
    return listen(server, { port: at, host, setting });
  };
  try {
    for (const dataSource of options.dataSources) {
      const defined = served.define(dataSource);
      if (!('promotions' in served) || served.promotions.isHere(dataSource.name)) {
        await Promise.race([defined, aborted(signal)]);
        if (signal.aborted) return;
      }
      // The Druid that it was promoted to may be away: that holds up nobody who asks for what is here.
      else defined.catch((err) => log.error({ err, dataSource: dataSource.name }, 'not defined on its Druid'));
    }
    const url = `http://${shownHost(host)}:${await start(createServer(serverOptions), port, '--port')}`;
    console.log(
      `millrace serves Druid's endpoints on ${url}, data ${cluster ? `on the Druid at ${shownAddress(cluster.druid.at)}` : `in ${options.data}`}`,
    );
    if (tranquilityPort !== undefined) {
      const pushPort = await start(createTranquilityServer(serverOptions), tranquilityPort, "the file's http.port");
      console.log(`Tranquility's endpoints on http://${shownHost(host)}:${pushPort}`);
    }
    const print = (line: string) =>
      terminal && process.stdout.isTTY ? terminal.print(`${line}\n`) : console.log(line);
    const stopLine = terminal && startLiveLine(terminal, metrics);
    try {
      await Promise.all([aborted(signal), options.whileServing?.({ backend, served, url, signal, print })]);
    } finally {
      stopLine?.();
    }
    log.info('stopping: finishing what was accepted');
  } finally {
    await Promise.all(servers.map((server) => close(server, closeGraceMs)));
    await served.close();
  }
}

/** Each loads no more than it needs: the engine takes longest. Undefined when a wait for the cluster was ended by the signal. */
async function openBackend(
  { data, autoCreate, deadLetter: deadLetterDirectory, realtime }: RunOptions,
  cluster: ClusterSettings | undefined,
  { signal, ...observe }: { readonly metrics: Metrics; readonly log: Logger; readonly signal: AbortSignal },
): Promise<EmbeddedBackend | ClusterBackend | undefined> {
  const shared = { ...observe, autoCreate, deadLetterDirectory, realtime };
  if (cluster) {
    const { openCluster } = await import('../cluster/index.ts');
    try {
      return await openCluster({ ...shared, ...cluster, signal });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
  const { openEmbedded } = await import('../embedded/index.ts');
  return openEmbedded({ ...shared, dataDirectory: data });
}

async function promotable(
  backend: EmbeddedBackend,
  { deadLetter: deadLetterDirectory, realtime, ownSources }: RunOptions,
  observe: { readonly metrics: Metrics; readonly log: Logger },
): Promise<PromotableBackend> {
  const { openPromotable } = await import('../promote/backend.ts');
  return openPromotable(backend, { ...observe, deadLetterDirectory, ownSources: ownSources ?? realtime !== undefined });
}

function propertiesOf(options: RunOptions, cluster: ClusterSettings | undefined): Record<string, string> {
  return {
    'druid.host': options.host,
    'druid.plaintextPort': String(options.port),
    'druid.service': 'millrace',
    ...(cluster ? { 'millrace.druid': shownAddress(cluster.druid.at) } : { 'millrace.data': options.data }),
    'millrace.autoCreate': String(options.autoCreate),
    'millrace.maxBodyBytes': String(options.maxBodyBytes),
  };
}

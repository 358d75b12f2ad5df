/** The work of `millrace promote`: asks a server, the running one or one of its own over a folder, and shows how it goes. */
import { existsSync } from 'node:fs';
import { invalidInput, MillraceError } from '../errors.ts';
import { createLogger } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { Terminal } from '../observe/terminal.ts';
import type { Progress } from '../promote/context.ts';
import type { PromotionPlan } from '../promote/plan.ts';
import { type ClusterFlags, clusterSettings } from './cluster-options.ts';
import { stopSignal } from './stop-signal.ts';

export interface PromoteOptions extends ClusterFlags {
  readonly server: string;
  readonly data?: string;
  readonly advertise?: string;
  readonly without: readonly string[];
  readonly dryRun: boolean;
  readonly back: boolean;
}

/** What `--data` is served with for Druid. */
const maxBodyBytes = 32 * 1024 * 1024;

export async function runPromote(dataSource: string, options: PromoteOptions): Promise<void> {
  const settings = clusterSettings(options);
  const signal = stopSignal();
  const own = options.data === undefined ? undefined : await serveFolder(options.data, options.advertise);
  const server = own?.url ?? options.server.replace(/\/+$/, '');
  try {
    const address = addressFor(options, server);
    const body = JSON.stringify({ ...settings, address, without: options.without });
    const url = `${server}/v1/promotions/${encodeURIComponent(dataSource)}`;
    if (options.dryRun) printPlan(JSON.parse(await (await post(`${url}?dryRun`, body, signal)).text()));
    else await follow(await post(options.back ? `${url}?back` : url, body, signal), dataSource, signal);
  } finally {
    await own?.close();
  }
}

const isLoopback = (url: string) => /^(?:localhost|127\.|\[::1\])/.test(new URL(url).hostname);

/** Where Druid pulls from. */
function addressFor({ advertise, druid }: PromoteOptions, server: string): string {
  // A server that listens on 127.0.0.1 is not at what else `localhost` may be on a machine.
  const address = (advertise ?? server).replace('//localhost', '//127.0.0.1').replace(/\/+$/, '');
  if (!URL.canParse(address)) throw invalidInput(`--advertise: '${advertise}' is no URL`);
  const [first = ''] = (druid ?? '').split(',');
  if (advertise === undefined && URL.canParse(first) && isLoopback(address) && !isLoopback(first))
    throw invalidInput(
      `Druid at ${new URL(first).host} cannot reach ${address}, where it would pull the history from; say where it can, with --advertise http://this-machine:8888. The server must listen there: --host 0.0.0.0`,
    );
  return address;
}

async function post(url: string, body: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal,
  }).catch((error: Error) => {
    if (signal.aborted) throw stopped();
    throw new MillraceError(
      'unavailable',
      `no answer from ${url} (${error.cause instanceof Error ? error.cause.message : error.message}); is a server running there? See --server, and --data for a folder without one`,
    );
  });
  if (response.ok) return response;
  throw refusal(url, await response.text());
}

interface Line extends Partial<Progress> {
  readonly ended?: string;
  readonly error?: { readonly errorMessage: string };
}

const stopped = () => new MillraceError('cancelled', 'stopped; run the same command again to go on');

function refusal(url: string, text: string): MillraceError {
  const message =
    errorMessageOf(text) ?? `${url} is no promotion of a millrace server (see --server): ${text.slice(0, 200)}`;
  return new MillraceError('runtimeFailure', message);
}

/** Undefined for another program's page. */
function errorMessageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { errorMessage?: string }).errorMessage;
  } catch {
    return undefined;
  }
}

/** Prints the lines of the answer as they come. */
async function follow(response: Response, dataSource: string, signal: AbortSignal): Promise<void> {
  const terminal = process.stderr.isTTY ? new Terminal(process.stderr) : undefined;
  const lines = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream());
  let rest = '';
  let step = '';
  const sinceMs = performance.now();
  try {
    for await (const text of lines) {
      const whole = (rest + text).split('\n');
      rest = whole.pop() as string;
      for (const line of whole.map((one) => JSON.parse(one) as Line)) {
        if (line.error) throw new MillraceError('runtimeFailure', line.error.errorMessage);
        if (line.ended !== undefined) return;
        if (line.step !== step && !terminal) console.log(line.step);
        step = line.step ?? step;
        terminal?.live(`${dataSource}: ${shown(line)} · ${Math.round((performance.now() - sinceMs) / 1000)} s`);
      }
    }
  } catch (error) {
    if (signal.aborted) throw stopped();
    throw error;
  } finally {
    terminal?.live('');
  }
  throw new MillraceError(
    'unavailable',
    'the server has ended before the promotion; run the same command again to go on',
  );
}

const count = new Intl.NumberFormat('en');

const shown = ({ step, done, total }: Partial<Progress>): string =>
  done === undefined || total === undefined ? `${step}` : `${step}, ${count.format(done)} of ${count.format(total)}`;

function printPlan(plan: PromotionPlan): void {
  const { dataSource, intervals, rows, liveRows, tasks, stream, offsets, without } = plan;
  const lines = [
    `${dataSource}: ${count.format(rows)} rows in ${intervals.join(', ') || 'no interval'}`,
    `  by ${tasks} batch ingestion${tasks === 1 ? '' : 's'} on Druid; ${count.format(liveRows)} rows of them when the stream has turned`,
    `  then Druid reads the topic ${stream}${Object.keys(offsets).length > 0 ? ` from ${JSON.stringify(offsets)}` : ' from its beginning'}`,
    ...(without.length > 0 ? [`  without the history of ${without.join(', ')}`] : []),
  ];
  console.log(lines.join('\n'));
}

/** A server over a folder, for as long as it is promoted. */
async function serveFolder(
  directory: string,
  advertise: string | undefined,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  if (!existsSync(directory)) throw new MillraceError('environment', `there is no data folder '${directory}'`);
  const [{ openEmbedded }, { openPromotable }, { close, createServer, listen }] = await Promise.all([
    import('../embedded/index.ts'),
    import('../promote/backend.ts'),
    import('../server/server.ts'),
  ]);
  const observe = { metrics: createMetrics(), log: createLogger('warn') };
  const embedded = await openEmbedded({ ...observe, dataDirectory: directory, autoCreate: false });
  const backend = await openPromotable(embedded, { ...observe, ownSources: false });
  const server = createServer({ ...observe, backend, promotions: backend.promotions, maxBodyBytes, properties: {} });
  const end = async () => {
    await close(server, 1_000);
    await backend.close();
  };
  try {
    const at = advertise === undefined ? { port: 0, host: '127.0.0.1' } : { port: portOf(advertise), host: '0.0.0.0' };
    const port = await listen(server, { ...at, setting: '--advertise' });
    return { url: `http://127.0.0.1:${port}`, close: end };
  } catch (error) {
    await end();
    throw error;
  }
}

const portOf = (url: string): number => Number(URL.parse(url)?.port || 80);

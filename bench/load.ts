/**
 * The load: a process of its own that posts the events over raw keep-alive connections. Bodies are slices of the file and
 * answers are read by a few byte searches, since the two cores are the server's as well.
 * Takes a {@link LoadTask} over the process channel and answers with a {@link LoadResult}.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface LoadTask {
  readonly port: number;
  readonly path: string;
  readonly file: string;
  /** Bytes of the file to read. */
  readonly bytes: number;
  readonly connections: number;
  readonly eventsPerBody: number;
}

export interface LoadResult {
  readonly acknowledgedEvents: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** 503 answers, each posted again after its Retry-After. */
  readonly retries: number;
}

export async function runLoad(task: LoadTask): Promise<LoadResult> {
  const child = fork(fileURLToPath(import.meta.url));
  const exited = once(child, 'exit');
  child.send(task);
  const outcome = await Promise.race([once(child, 'message'), exited]);
  child.kill();
  const result = outcome[0] as LoadResult | number | null;
  if (typeof result !== 'object' || result === null) throw new Error(`the load's process ended with ${result}`);
  return result;
}

/** The file's first bytes as bodies of so many whole lines; what is left at the end is not posted. */
function readBodies({ file, bytes, eventsPerBody }: LoadTask): { body: Buffer; events: number }[] {
  const content = Buffer.allocUnsafe(bytes);
  const descriptor = openSync(file, 'r');
  for (let read = 0; read < bytes; ) read += readSync(descriptor, content, read, bytes - read, null);
  closeSync(descriptor);
  const bodies = [];
  let start = 0;
  let events = 0;
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, end + 1)) {
    events++;
    if (events < eventsPerBody) continue;
    bodies.push({ body: content.subarray(start, end + 1), events });
    start = end + 1;
    events = 0;
  }
  return bodies;
}

/** One answer's status, Retry-After and `sent`. */
async function readAnswer(socket: Socket): Promise<{ status: number; retryAfterMs: number; sent: number }> {
  let text = '';
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString('latin1');
    const headEnd = text.indexOf('\r\n\r\n');
    if (headEnd < 0) continue;
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    if (length === undefined) throw new Error(`an answer without Content-Length: ${text}`);
    if (text.length < headEnd + 4 + Number(length)) continue;
    return {
      status: Number(text.slice(9, 12)),
      retryAfterMs: 1000 * Number(/\r\nretry-after: *(\d+)/i.exec(text)?.[1] ?? 1),
      sent: Number(/"sent":(\d+)/.exec(text)?.[1] ?? Number.NaN),
    };
  }
}

async function load(task: LoadTask): Promise<LoadResult> {
  const bodies = readBodies(task);
  const latencies: number[] = [];
  let next = 0;
  let acknowledgedEvents = 0;
  let retries = 0;

  const work = async (socket: Socket) => {
    while (next < bodies.length) {
      const { body, events } = bodies[next++] as (typeof bodies)[number];
      const head = `POST ${task.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
      for (;;) {
        const start = performance.now();
        socket.cork();
        socket.write(head, 'latin1');
        socket.write(body);
        socket.uncork();
        const answer = await readAnswer(socket);
        if (answer.status === 503) {
          retries++;
          await new Promise((resolve) => setTimeout(resolve, answer.retryAfterMs));
          continue;
        }
        if (answer.status !== 200 || answer.sent !== events) {
          throw new Error(`${events} events were answered with status ${answer.status}, sent ${answer.sent}`);
        }
        latencies.push(performance.now() - start);
        acknowledgedEvents += events;
        break;
      }
    }
    socket.destroy();
  };

  const sockets = Array.from({ length: task.connections }, () =>
    connect({ port: task.port, host: '127.0.0.1', noDelay: true }),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const start = performance.now();
  await Promise.all(sockets.map(work));
  const seconds = (performance.now() - start) / 1000;
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] as number;
  return { acknowledgedEvents, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), retries };
}

if (import.meta.main) {
  const [task] = (await once(process, 'message')) as [LoadTask];
  process.send?.(await load(task));
}

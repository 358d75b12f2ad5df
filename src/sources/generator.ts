/** A made-up stream of page views, for the demonstration: the same seed gives the same events. */
import type { Backend } from '../backend.ts';
import { MillraceError } from '../errors.ts';

const urls = [
  '/',
  '/pricing',
  '/docs',
  '/docs/queries',
  '/docs/push',
  '/blog',
  '/blog/streams',
  '/login',
  '/about',
  '/jobs',
];
const users = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'mallory', 'niaj'];
const countries = ['DE', 'US', 'FR', 'JP', 'BR', 'IN', 'KE', 'NZ'];

/** Numbers in [0, 1) from a seed (the mulberry32 generator). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `events` lines of `{"time","url","user","country","latencyMs"}`, their times spread evenly over the range, ascending. */
export function pageViewLines(random: () => number, events: number, { fromMs, toMs }: TimeRange): Buffer {
  const step = (toMs - fromMs) / events;
  let text = '';
  for (let i = 0; i < events; i++) {
    const time = new Date(fromMs + i * step).toISOString();
    // Squared, and for latency as a tail: a few pages are popular, and a few answers slow, as in life.
    const url = urls[Math.floor(random() ** 2 * urls.length)];
    const user = users[Math.floor(random() * users.length)];
    const country = countries[Math.floor(random() ** 2 * countries.length)];
    const latencyMs = Math.round(5 + 20 * random() - 40 * Math.log(1 - random()));
    text += `{"time":"${time}","url":"${url}","user":"${user}","country":"${country}","latencyMs":${latencyMs}}\n`;
  }
  return Buffer.from(text);
}

export interface GeneratorOptions {
  readonly backend: Pick<Backend, 'push'>;
  readonly dataSource: string;
  readonly eventsPerSecond: number;
  /** Events of the time before the start are pushed first, so that there is something to ask for. */
  readonly backfillMs: number;
  readonly signal: AbortSignal;
}

const intervalMs = 100;
const maxEventsPerPush = 10_000;

/** Pushes page views as time goes by, until the signal; resolves when the last push is durable. */
export async function generatePageViews(options: GeneratorOptions): Promise<void> {
  const { backend, dataSource, eventsPerSecond, signal } = options;
  const random = seededRandom(1);
  let fromMs = Date.now() - options.backfillMs;
  while (!signal.aborted) {
    const due = Math.floor(((Date.now() - fromMs) * eventsPerSecond) / 1000);
    const events = Math.min(due, maxEventsPerPush);
    if (events > 0) {
      const toMs = fromMs + (events * 1000) / eventsPerSecond;
      const lines = pageViewLines(random, events, { fromMs, toMs });
      await pushOrSkip(() => backend.push({ dataSource, format: 'json', lines, events }));
      fromMs = toMs;
    }
    if (events === due) await pause(intervalMs, signal);
  }
}

/** A full buffer is no reason to end a demonstration: these events are left out. */
async function pushOrSkip(push: () => Promise<unknown>): Promise<void> {
  try {
    await push();
  } catch (error) {
    if (!(error instanceof MillraceError && error.code === 'bufferFull')) throw error;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

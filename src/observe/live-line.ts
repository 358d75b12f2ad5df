/** One quiet line in a terminal while a server runs: rate, rows, memory. */
import type { Terminal } from './terminal.ts';

export interface Sample {
  /** Events received so far. */
  readonly events: number;
  /** Rows stored. */
  readonly rows: number;
}

/**
 * Draws the line every second until the returned function is called, which also takes it away.
 * @param sample asked once a second; must be cheap.
 */
export function startLiveLine(terminal: Terminal, sample: () => Promise<Sample>): () => void {
  let last: { readonly events: number; readonly atMs: number } | undefined;
  let stopped = false;
  const draw = async () => {
    const { events, rows } = await sample();
    if (stopped) return;
    const atMs = performance.now();
    const rate = last ? ((events - last.events) * 1000) / (atMs - last.atMs) : 0;
    last = { events, atMs };
    terminal.live(liveText(rate, rows, process.memoryUsage.rss()));
  };
  const timer = setInterval(draw, 1000);
  // The line alone must not keep the process alive.
  timer.unref();
  return () => {
    stopped = true;
    clearInterval(timer);
    terminal.live('');
  };
}

/** @param rate events per second. */
export function liveText(rate: number, rows: number, memoryBytes: number): string {
  const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  return `${count.format(rate)} events/s · ${count.format(rows)} rows · ${count.format(memoryBytes / 1e6)} MB`;
}

/** One quiet line in a terminal while a server runs: rate, rows, memory. */
import type { Metrics } from './metrics.ts';
import type { Terminal } from './terminal.ts';

/** Draws the line every second until the returned function is called, which also takes it away. */
export function startLiveLine(terminal: Terminal, metrics: Metrics): () => void {
  let last: { readonly received: number; readonly atMs: number } | undefined;
  let stopped = false;
  const draw = async () => {
    const { received, rows } = await metrics.totals();
    if (stopped) return;
    const atMs = performance.now();
    const rate = last ? ((received - last.received) * 1000) / (atMs - last.atMs) : 0;
    last = { received, atMs };
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

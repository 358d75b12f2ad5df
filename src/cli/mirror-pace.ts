/** How fast a mirror is: in a terminal's live line, or in the log. */
import type { MirrorMetrics } from '../mirror/metrics.ts';
import { PaceMeter, paceText } from '../mirror/progress.ts';
import type { Logger } from '../observe/log.ts';
import type { Terminal } from '../observe/terminal.ts';

const liveLineMs = 1_000;
const logLineMs = 60_000;

/** Draws the line every second until the returned function is called, which also takes it away. */
export function startLiveLine(terminal: Terminal, metrics: MirrorMetrics): () => void {
  const meter = new PaceMeter();
  const timer = setInterval(() => {
    const pace = meter.measure(metrics.totals(), performance.now());
    terminal.live(paceText(pace, process.memoryUsage.rss()));
  }, liveLineMs);
  return () => {
    clearInterval(timer);
    terminal.live('');
  };
}

/** What the live line says, now and then, for who reads logs. */
export function startLogLines(log: Logger, metrics: MirrorMetrics): () => void {
  const meter = new PaceMeter();
  meter.measure(metrics.totals(), performance.now());
  const timer = setInterval(() => {
    const { recordsPerSecond, bytesPerSecond, ...pace } = meter.measure(metrics.totals(), performance.now());
    const rates = { recordsPerSecond: Math.round(recordsPerSecond), bytesPerSecond: Math.round(bytesPerSecond) };
    log.info({ ...rates, ...pace, residentBytes: process.memoryUsage.rss() }, 'mirroring');
  }, logLineMs);
  return () => clearInterval(timer);
}

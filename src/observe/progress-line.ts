/** How far a long piece of work has come, in a terminal's live line. */
import type { Terminal } from './terminal.ts';

export interface ProgressLine {
  /** Rows done, of about so many. */
  show(done: number, total: number): void;
  remove(): void;
}

/** Not more often than this is the line drawn. */
const pauseMs = 200;

export function progressLine(terminal: Terminal): ProgressLine {
  const startedMs = performance.now();
  let first: number | undefined;
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    show: (done, total) => {
      const nowMs = performance.now();
      if (nowMs - drawnMs < pauseMs) return;
      drawnMs = nowMs;
      // What an earlier run has done says nothing about the rate.
      first ??= done;
      terminal.live(progressText({ done, total, since: first, seconds: (nowMs - startedMs) / 1000 }));
    },
    remove: () => terminal.live(''),
  };
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** How much was done when the seconds began. */
  readonly since: number;
  readonly seconds: number;
}

export function progressText({ done, total, since, seconds }: Progress): string {
  const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  const part = total === 0 ? 1 : Math.min(1, done / total);
  const rate = seconds > 0 ? (done - since) / seconds : 0;
  const left = rate > 0 ? ` · ${duration(Math.max(0, total - done) / rate)} left` : '';
  return `${count.format(done)} of ${count.format(total)} rows · ${Math.floor(100 * part)} % · ${count.format(rate)} rows/s${left}`;
}

/** Rounded up, in the unit that leaves few digits. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

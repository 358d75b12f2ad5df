/**
 * The log, on standard error: one readable line an entry in a terminal, JSON (pino's) when piped.
 */
import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from './log-levels.ts';
import type { Terminal } from './terminal.ts';

export type { Logger };

/** @param terminal where the log goes when standard error is a terminal. */
export function createLogger(level: LogLevel, terminal?: Terminal): Logger {
  const options = { level, base: undefined };
  // Written at once: an entry that explains an exit must not be lost with it.
  if (!terminal) return pino(options, destination({ dest: 2, sync: true }));
  return pino(options, { write: (entry: string) => terminal.print(readableLine(entry)) });
}

/** A JSON entry of pino as `09:26:12 warn  message  key=value`. */
function readableLine(entry: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(entry) as Record<string, unknown>;
  const at = new Date(time as number).toTimeString().slice(0, 8);
  const label = pino.levels.labels[level as number] ?? '';
  const rest = Object.entries(fields).map(([key, value]) => `  ${key}=${inline(value)}`);
  return `${at} ${label.padEnd(5)} ${msg ?? ''}${rest.join('')}\n${stackOf(err)}`;
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  return `${String(error.stack)}\n`;
}

function inline(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The rows of an interval, as Druid's scan query streams them. Nothing is read faster than it is taken. */
import { formatInterval, type Interval } from '../catalog/time.ts';
import { type Druid, DruidError } from '../druid/index.ts';
import { MillraceError } from '../errors.ts';
import { type ScannedLines, scanLines } from './scan-lines.ts';

export interface Scan {
  readonly dataSource: string;
  readonly interval: Interval;
  /** Beside `__time`, which comes first. */
  readonly columns: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** What one statement of the engine takes at once, in bytes. */
const pieceBytes = 8 * 1024 * 1024;

/** How long it takes is up to the reader; Druid knows no scan without a limit. */
const timeoutMs = 24 * 3_600_000;

export async function* scanRows(druid: Druid, scan: Scan): AsyncGenerator<ScannedLines, void, void> {
  const { dataSource, interval, columns, signal } = scan;
  const query = {
    queryType: 'scan',
    dataSource,
    intervals: formatInterval(interval),
    columns: ['__time', ...columns],
    resultFormat: 'compactedList',

    context: { timeout: timeoutMs },
  };
  const { status, headers, body, address } = await druid.request('broker', {
    method: 'POST',
    path: '/druid/v2',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(query),
    signal,
  });
  try {
    if (status >= 400) {
      let text = '';
      for await (const chunk of body) text += String(chunk);
      throw new DruidError({ service: 'broker', address, status, contentType: headers['content-type'], body: text });
    }
    yield* scanLines(body, pieceBytes);
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    if (signal?.aborted)
      throw new MillraceError('cancelled', 'stopped; the same again goes on from here', { cause: error });
    throw new MillraceError('unavailable', `the connection to ${address} was lost`, { cause: error });
  } finally {
    body.destroy();
  }
}

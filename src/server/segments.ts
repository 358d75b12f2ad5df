/**
 * Stored rows, for a Druid's batch ingestion or whoever else wants them: which time chunks there are, and the rows of an interval as
 * newline-delimited JSON, compressed by zstd. `input source` of Druid: `{"type": "http", "uris": ["http://…/v1/segments/wiki/2026-01-01/2026-01-02.json.zst"]}`.
 */
import type { FastifyInstance } from 'fastify';
import { type Interval, parseInterval } from '../catalog/time.ts';
import { invalidInput } from '../errors.ts';
import type { Segments } from '../store/segments.ts';
import { abortedWith } from './body.ts';

interface OfDataSource {
  readonly Params: { readonly dataSource: string };
}

interface OfInterval {
  readonly Params: { readonly dataSource: string; readonly start: string; readonly end: string };
}

/** By which Druid knows how to read it. */
const suffix = '.json.zst';

/** The Range with which Druid begins. */
const whole = 'bytes=0-';

export function segmentRoutes(segments: Segments) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get<OfDataSource>('/v1/segments/:dataSource', async ({ params: { dataSource } }) =>
      segments.list(dataSource),
    );
    server.get<OfInterval>('/v1/segments/:dataSource/:start/:end', async ({ params, headers }, reply) => {
      // Druid asks for the rest after a broken connection. The rows may have another order, or others may be there.
      if (headers.range !== undefined && headers.range !== whole)
        throw invalidInput('rows are handed out whole; ask for them without Range');
      const { stream, sizeBytes } = await segments.file(params.dataSource, intervalOf(params), abortedWith(reply));
      return reply.type('application/zstd').header('content-length', sizeBytes).send(stream);
    });
  };
}

function intervalOf({ start, end }: OfInterval['Params']): Interval {
  const interval = end.endsWith(suffix) ? parseInterval(`${start}/${end.slice(0, -suffix.length)}`) : undefined;
  if (interval) return interval;
  throw invalidInput(
    `expected an interval and the suffix ${suffix}, such as 2026-01-01/2026-01-02T12:00:00.000Z${suffix}; got '${start}/${end}'`,
  );
}

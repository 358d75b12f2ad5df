/** How fast queries are answered over HTTP, against DuckDB alone with SQL written by hand over the same rows. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { startMillrace } from '../test/services/millrace.ts';
import { eventsFile } from './events.ts';
import { withFilledFolder } from './folder.ts';
import { type BenchQuery, benchQueries } from './queries.ts';
import { RawDuckDB } from './raw.ts';
import { type Figure, median } from './report.ts';
import { benchServerOptions } from './server.ts';

const warmups = 5;
const runs = 40;

export async function queryBench(): Promise<Figure[]> {
  const events = await eventsFile();
  const raw = new RawDuckDB();
  const { rows } = await raw.run({ ingest: events.path });
  try {
    return await withFilledFolder(rows, async (folder) => {
      const server = await startMillrace(await benchServerOptions(folder));
      try {
        const figures: Figure[] = [{ name: 'rows', value: rows, unit: '' }];
        for (const query of benchQueries) figures.push(...(await compare(query, server.url, raw)));
        return figures;
      } finally {
        await server.stop();
      }
    });
  } finally {
    await raw.close();
  }
}

async function compare(query: BenchQuery, url: string, raw: RawDuckDB): Promise<Figure[]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = -warmups; run < runs; run++) {
    const answer = await ask(query, url);
    const limit = await raw.run({ query: query.sql });
    if (answer.rows !== limit.rows) throw new Error(`${query.name}: ${answer.rows} rows, raw DuckDB has ${limit.rows}`);
    if (run < 0) continue;
    ours.push(answer.ms);
    theirs.push(limit.ms);
  }
  const limitMs = median(theirs);
  return [
    { name: `${query.name}: raw DuckDB p50`, value: limitMs, unit: 'ms' },
    { name: `${query.name}: p50`, value: median(ours), unit: 'ms', goal: { atMost: 1.5 * limitMs + 3 } },
  ];
}

/** One kept-alive connection and no more client than needed, as it shares the two cores with the server. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function ask(query: BenchQuery, url: string): Promise<{ ms: number; rows: number }> {
  const body = JSON.stringify(query.native);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const start = performance.now();
  const sent = request(`${url}/druid/v2`, { method: 'POST', agent, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  const ms = performance.now() - start;
  if (response.statusCode !== 200) throw new Error(`${query.name}: status ${response.statusCode}: ${text}`);
  return { ms, rows: query.rows(JSON.parse(text) as unknown[]) };
}

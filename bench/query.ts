/** How fast queries are answered over HTTP, against DuckDB alone with SQL written by hand over the same rows. */
import { startMillrace } from '../test/services/millrace.ts';
import { ask } from './ask.ts';
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

/** Queries straight to Druid's router, and through millrace, which asks that router: in alternation. After the promotion, which leaves them rows. */
import { ask } from './ask.ts';
import type { BenchCluster } from './cluster.ts';
import { ingested } from './cluster-promote.ts';
import { benchQueriesOf } from './queries.ts';
import { type Figure, median } from './report.ts';
import { serveCluster } from './server.ts';

/** A server's median is that of one that has run for a while: its code is compiled, and Druid's. */
const warmups = 1000;
const runs = 300;
const asked = ['timeBoundary', 'topN url by views', 'scan 1,000 rows, filtered'];

export async function proxyFigures({ druid, kafka }: BenchCluster): Promise<Figure[]> {
  const server = await serveCluster({ druid: druid.router, kafka });
  try {
    const figures: Figure[] = [];
    for (const query of benchQueriesOf(ingested).filter(({ name }) => asked.includes(name))) {
      const straight: number[] = [];
      const through: number[] = [];
      for (let run = -warmups; run < runs; run++) {
        // Whoever is asked second finds warmer caches.
        const urls = run % 2 === 0 ? [druid.router, server.url] : [server.url, druid.router];
        for (const url of urls) {
          const { ms } = await ask(query, url);
          if (run >= 0) (url === server.url ? through : straight).push(ms);
        }
      }
      const name = `proxy: ${query.name}`;
      const overhead = median(through) - median(straight);
      figures.push(
        { name: `${name}: straight, p50`, value: median(straight), unit: 'ms' },
        { name: `${name}: through millrace, p50`, value: median(through), unit: 'ms' },
        { name: `${name}: overhead`, value: overhead, unit: 'ms', goal: { atMost: 1 } },
      );
    }
    return figures;
  } finally {
    await server.stop();
  }
}

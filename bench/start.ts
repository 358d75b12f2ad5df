/** How long it takes from a process's start to its first answered query, on a folder that holds data. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { answered, spawnMillrace } from '../test/services/millrace.ts';
import { eventsFile } from './events.ts';
import { withFilledFolder } from './folder.ts';
import { benchQueries } from './queries.ts';
import { RawDuckDB } from './raw.ts';
import { type Figure, median } from './report.ts';
import { benchServerOptions } from './server.ts';

const starts = 7;
const root = fileURLToPath(new URL('..', import.meta.url));
const commandLines = [
  { name: 'the package (dist)', cli: `${root}dist/cli/main.js`, goal: { atMost: 1 } },
  { name: 'from source', cli: `${root}src/cli/main.ts`, goal: { atMost: 1 } },
];

export async function startBench(): Promise<Figure[]> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  const raw = new RawDuckDB();
  const { rows } = await raw.run({ ingest: (await eventsFile()).path });
  await raw.close();
  return withFilledFolder(rows, async (folder) => {
    const figures: Figure[] = [{ name: 'rows', value: rows, unit: '' }];
    for (const { name, cli, goal } of commandLines) {
      const seconds: number[] = [];
      for (let run = 0; run < starts; run++) seconds.push(await secondsToFirstAnswer(folder, cli));
      figures.push({ name: `${name}: p50`, value: median(seconds), unit: 's', goal });
      figures.push({ name: `${name}: slowest`, value: Math.max(...seconds), unit: 's' });
    }
    return figures;
  });
}

async function secondsToFirstAnswer(folder: string, cli: string): Promise<number> {
  const options = { ...(await benchServerOptions(folder)), cli };
  const query = benchQueries[0]?.native;
  const start = performance.now();
  const server = spawnMillrace(options);
  await answered(server, () =>
    fetch(`${server.url}/druid/v2`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(query),
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await server.stop();
  return seconds;
}

/**
 * `npm run bench -- push|query|cost|start|kafka|cluster|mirror [--rounds N] [--vs druid] [--records N] [--quick] [--json FILE]`: measures, prints each
 * figure with its goal, and exits 0 whether or not the goals were reached. What each measures stands above its file.
 */
import { parseArgs } from 'node:util';
import { clusterBench } from './cluster.ts';
import { costBench } from './cost.ts';
import { kafkaBench } from './kafka.ts';
import { mirrorBench } from './mirror.ts';
import { pushBench } from './push.ts';
import { queryBench } from './query.ts';
import { type Figure, printReport } from './report.ts';
import { startBench } from './start.ts';
import { versusDruid } from './versus-druid.ts';

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string' },
    vs: { type: 'string' },
    records: { type: 'string', default: '10000000' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
  allowPositionals: true,
});

const rounds = (usual: number) => Number(values.rounds ?? usual);

const benches: Readonly<Record<string, () => Promise<Figure[]>>> = {
  push: () => pushBench(rounds(3)),
  query: () => (values.vs === 'druid' ? versusDruid() : queryBench()),
  cost: costBench,
  start: startBench,
  kafka: () => kafkaBench(rounds(3)),
  cluster: () => clusterBench(rounds(3)),
  mirror: () => mirrorBench({ records: Number(values.records), isQuick: values.quick, rounds: rounds(1) }),
};

const name = positionals[0] ?? '';
const bench = benches[name];
if (bench && rounds(1) >= 1 && Number(values.records) >= 1) {
  printReport(name, await bench(), values.json);
} else {
  console.error(
    'Usage: npm run bench -- push|query|cost|start|kafka|cluster|mirror [--rounds N (of push, kafka and cluster, default 3, and of mirror, default 1)] [--vs druid (of query)] [--records N] [--quick (both of mirror)] [--json FILE]',
  );
  process.exitCode = 2;
}

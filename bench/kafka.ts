/**
 * Events from Kafka, beside Kafka's own ConsumerPerformance, by turns on the same topic of 2 partitions, the broker on the same
 * machine: read as lines (CRC checked, decompressed, copied), then read into the store; how long an event takes to be seen; and written,
 * beside ProducerPerformance.
 */
import { execFileSync } from 'node:child_process';
import { KafkaBroker } from '../test/services/kafka/broker.ts';
import { Scribe } from '../test/services/kafka/scribe.ts';
import { kafkaTool } from '../test/services/kafka/tools.ts';
import { eventCount, eventsFile } from './events.ts';
import { type Ingested, ingestTopic } from './kafka-ingest.ts';
import { measureLatency } from './kafka-latency.ts';
import { produceFigures } from './kafka-produce.ts';
import { type ReadResult, readWithMillrace } from './kafka-read.ts';
import { type Figure, median } from './report.ts';

const partitions = 2;
const manyEvents = 10 * eventCount;

interface Topic {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly events: number;
}

export async function kafkaBench(rounds: number): Promise<Figure[]> {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const broker = await KafkaBroker.start({ forBench: true });
  const { bootstrapServers } = broker;
  const scribe = new Scribe(bootstrapServers);
  const fill = async (codec: string, events: number): Promise<Topic> => {
    const topic = `events-${events}-${codec}`;
    await scribe.createTopic(topic, partitions);
    await scribe.openProducer(topic, { 'compression.type': codec });
    await scribe.sendLines(topic, topic, (await eventsFile(events)).path);
    return { bootstrapServers, topic, events };
  };
  const figures: Figure[] = [];
  try {
    const plain = await fill('none', eventCount);
    figures.push(...(await readFigures('none', plain, rounds)));
    for (const codec of ['lz4', 'zstd'])
      figures.push(...(await readFigures(codec, await fill(codec, eventCount), rounds)));
    figures.push(...(await produceFigures(bootstrapServers, scribe, rounds)));
    const some = await ingest(plain, rounds);
    const many = await ingest(await fill('none', manyEvents), 1);
    figures.push(
      ...ingestFigures('2,000,000 events', some, { to: 'all', atLeast: 1 }),
      // Kafka's tool is warm only after so many events, ours is to be no slower than with few.
      ...ingestFigures('20,000,000 events', many, { to: 'ours', atLeast: median(some.ours.map(({ all }) => all)) }),
    );
    await scribe.createTopic('live', partitions);
    figures.push(...latencyFigures(await measureLatency(bootstrapServers, 'live', partitions)));
  } finally {
    await scribe.stop();
    await broker.stop();
  }
  return figures;
}

async function readFigures(codec: string, topic: Topic, rounds: number): Promise<Figure[]> {
  const theirs: Rates[] = [];
  const ours: ReadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await readWithJava(topic));
    ours.push(await readWithMillrace({ ...topic, partitions }));
  }
  return [
    ...compared(
      `read, ${codec}`,
      theirs,
      ours.map(({ seconds, fetchSeconds }) => ({
        all: topic.events / seconds,
        fetchOnly: topic.events / fetchSeconds,
      })),
      { to: 'fetchOnly', atLeast: 2 },
    ),
    {
      name: `read, ${codec}: peak memory`,
      value: Math.max(...ours.map(({ peakMemoryMb }) => peakMemoryMb)),
      unit: 'MB',
    },
  ];
}

interface IngestRates {
  readonly theirs: readonly Rates[];
  readonly ours: readonly Rates[];
  readonly peakRssMb: readonly number[];
}

async function ingest(topic: Topic, rounds: number): Promise<IngestRates> {
  const theirs: Rates[] = [];
  const ours: Ingested[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await readWithJava(topic));
    ours.push(await ingestTopic(topic));
  }
  return {
    theirs,
    ours: ours.map(({ seconds }) => ({ all: topic.events / seconds })),
    peakRssMb: ours.flatMap(({ peakRssBytes }) => (peakRssBytes === undefined ? [] : [peakRssBytes / 1e6])),
  };
}

function ingestFigures(name: string, { theirs, ours, peakRssMb }: IngestRates, goal: RateGoal): Figure[] {
  const memory: Figure = {
    name: `${name}: peak RSS`,
    value: Math.max(...peakRssMb),
    unit: 'MB',
    goal: { atMost: 500 },
  };
  return [...compared(`into the store, ${name}`, theirs, ours, goal), ...(peakRssMb.length > 0 ? [memory] : [])];
}

/** How many times one of their rates ours has to be; or, of ours, which rate. */
interface RateGoal {
  readonly to: keyof Rates | 'ours';
  readonly atLeast: number;
}

function compared(name: string, theirs: readonly Rates[], ours: readonly Rates[], goal: RateGoal): Figure[] {
  const figures: Figure[] = [];
  for (const rate of ['all', 'fetchOnly'] as const) {
    const their = median(theirs.flatMap((rates) => rates[rate] ?? []));
    figures.push({ name: `${name}: ConsumerPerformance, ${columns[rate]}`, value: their, unit: 'events/s' });
    const rates = ours.flatMap((of) => of[rate] ?? []);
    if (rates.length === 0) continue;
    const our = median(rates);
    const goalOf = (to: RateGoal['to']) => goal.to === to && { goal: { atLeast: goal.atLeast } };
    const what = { all: 'millrace', fetchOnly: 'millrace, connected' }[rate];
    figures.push(
      { name: `${name}: ${what}`, value: our, unit: 'events/s', ...(rate === 'all' && goalOf('ours')) },
      { name: `${name}: ratio to ${columns[rate]}`, value: our / their, unit: '', ...goalOf(rate) },
    );
  }
  return figures;
}

function latencyFigures(latencies: readonly number[]): Figure[] {
  const sorted = [...latencies].sort((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] as number;
  return [
    { name: 'produce to visible, 10,000 events/s: p50', value: median(sorted), unit: 'ms', goal: { atMost: 150 } },
    { name: 'produce to visible, 10,000 events/s: p99', value: p99, unit: 'ms', goal: { atMost: 500 } },
  ];
}

/** Rates in events a second. */
interface Rates {
  /** With the time to connect, and of ConsumerPerformance to join its group. */
  readonly all: number;
  /** Without. */
  readonly fetchOnly?: number;
}

/** How ConsumerPerformance calls them. */
const columns: Readonly<Record<keyof Rates, string>> = { all: 'nMsg.sec', fetchOnly: 'fetch.nMsg.sec' };

async function readWithJava({ bootstrapServers, topic, events }: Topic): Promise<Rates> {
  const output = await kafkaTool('org.apache.kafka.tools.ConsumerPerformance', [
    ...['--bootstrap-server', bootstrapServers],
    ...['--topic', topic],
    ...['--messages', String(events)],
    ...['--timeout', '120000'],
  ]);
  const [header = '', values = ''] = output.trim().split('\n').slice(-2);
  const names = header.split(', ');
  const rate = (column: string) => Number(values.split(', ')[names.indexOf(column)]);
  return { all: rate(columns.all), fetchOnly: rate(columns.fetchOnly) };
}

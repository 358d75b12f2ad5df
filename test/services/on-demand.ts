/**
 * Servers that many test files use, started when the first one asks and stopped at the end of the run: scripts/test.ts
 * owns them, and tells the test files by an environment variable where to ask. A test file that runs alone has its own;
 * as a Druid takes a minute to start, it may be told of one that runs already.
 */
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { DruidClient } from './druid/client.ts';
import { DruidCluster } from './druid/cluster.ts';
import { KafkaBroker } from './kafka/broker.ts';

const addressVariable = 'MILLRACE_TEST_SERVICES';

/** `DruidAndKafka` as JSON, which `npm run druid` prints: these are used, and left running. */
const runningVariable = 'MILLRACE_TEST_DRUID';

export interface SharedKafka {
  readonly bootstrapServers: string;
  /** No more use for it in this test file. */
  release(): Promise<void>;
}

/** A Druid with the Kafka that its supervisors read. */
export interface DruidAndKafka {
  /** URLs. The coordinator is the overlord, too; the router passes on to all. */
  readonly router: string;
  readonly broker: string;
  readonly coordinator: string;
  /** `host:port`, as `zookeeper.connect` has it. */
  readonly zookeeper: string;
  /** `host:port`, as `bootstrap.servers` has it. */
  readonly kafka: string;
}

export interface SharedDruid extends DruidAndKafka {
  readonly client: DruidClient;
  /** No more use for it in this test file. */
  release(): Promise<void>;
}

/** For the process that runs the tests. */
export async function serveOnDemand(): Promise<{ stop(): Promise<void> }> {
  const services = new Services();
  const server = createServer((request, response) => {
    const asked = request.url === '/druid' ? services.druid() : services.kafka();
    asked.then(
      (answer) => response.end(JSON.stringify(answer)),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  process.env[addressVariable] = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  return {
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await services.stop();
    },
  };
}

/** A Kafka for tests that leave it running. Others read and write there too: take topics of your own. */
export async function sharedKafka(): Promise<SharedKafka> {
  const { answer, release } = await ask('kafka');
  return { bootstrapServers: answer, release };
}

/** A Druid and its Kafka for tests that leave them running. Take dataSources and topics of your own, and end your supervisors. */
export async function sharedDruid(): Promise<SharedDruid> {
  const running = process.env[runningVariable];
  const { answer, release } =
    running === undefined
      ? await ask('druid')
      : { answer: JSON.parse(running) as DruidAndKafka, release: async () => {} };
  return { ...answer, client: new DruidClient(answer), release };
}

/** Starts both, and returns when all of it answers. */
export async function startDruidAndKafka(): Promise<DruidAndKafka & { stop(): Promise<void> }> {
  const services = new Services();
  return { ...(await services.druid()), stop: () => services.stop() };
}

/** Each is started when it is asked for. */
class Services {
  #broker: Promise<KafkaBroker> | undefined;
  #cluster: Promise<DruidCluster> | undefined;

  async kafka(): Promise<string> {
    this.#broker ??= KafkaBroker.start();
    return (await this.#broker).bootstrapServers;
  }

  async druid(): Promise<DruidAndKafka> {
    // One after the other: six Java processes that start at once are too much for two cores.
    const kafka = await this.kafka();
    this.#cluster ??= DruidCluster.start();
    const { router, broker, coordinator, zookeeper } = await this.#cluster;
    return { router, broker, coordinator, zookeeper, kafka };
  }

  /** Also where one of them has not started. */
  async stop(): Promise<void> {
    const started = await Promise.allSettled([this.#cluster, this.#broker]);
    await Promise.all(started.map((service) => service.status === 'fulfilled' && service.value?.stop()));
  }
}

type Name = 'kafka' | 'druid';
type AnswerOf<N extends Name> = Awaited<ReturnType<Services[N]>>;

/** The owner of the run's servers, or servers of this process. */
async function ask<N extends Name>(name: N): Promise<{ answer: AnswerOf<N>; release(): Promise<void> }> {
  const address = process.env[addressVariable];
  if (address === undefined) {
    const services = new Services();
    const stop = () => services.stop();
    try {
      return { answer: (await services[name]()) as AnswerOf<N>, release: stop };
    } catch (error) {
      await stop();
      throw error;
    }
  }
  // Not by `fetch`, which gives up after five minutes: jars may have to be fetched first.
  const [response] = (await once(get(`${address}/${name}`), 'response')) as [IncomingMessage];
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(answer);
  return { answer: JSON.parse(answer), release: async () => {} };
}

/**
 * Servers that many test files use, started when the first one asks and stopped at the end of the run: scripts/test.ts
 * owns them, and tells the test files by an environment variable where to ask. A test file that runs alone has its own.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { KafkaBroker } from './kafka/broker.ts';

const addressVariable = 'MILLRACE_TEST_SERVICES';

export interface SharedKafka {
  readonly bootstrapServers: string;
  /** No more use for it in this test file. */
  release(): Promise<void>;
}

/** For the process that runs the tests. */
export async function serveOnDemand(): Promise<{ stop(): Promise<void> }> {
  let broker: Promise<KafkaBroker> | undefined;
  const server = createServer((_request, response) => {
    broker ??= KafkaBroker.start();
    broker.then(
      ({ bootstrapServers }) => response.end(bootstrapServers),
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
      await broker?.then((started) => started.stop());
    },
  };
}

/** A Kafka for tests that leave it running. Others read and write there too: take topics of your own. */
export async function sharedKafka(): Promise<SharedKafka> {
  const address = process.env[addressVariable];
  if (address === undefined) {
    const broker = await KafkaBroker.start();
    return { bootstrapServers: broker.bootstrapServers, release: () => broker.stop() };
  }
  const response = await fetch(address);
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return { bootstrapServers: answer, release: async () => {} };
}

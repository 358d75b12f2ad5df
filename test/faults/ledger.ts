/** A millrace whose supervisor reads what transactional writers write, and who comes back when it is killed. */
import assert from 'node:assert/strict';
import { freePort, type MillraceProcess, startMillrace } from '../services/millrace.ts';
import { eternity } from '../support/backend.ts';
import { kafkaSpec, type Payload } from '../support/supervised.ts';
import type { Sums } from './committed.ts';

const metrics = ['events', 'n', 'transaction'] as const;
const supervisors = '/druid/indexer/v1/supervisor';

export class Ledger {
  readonly #topic: string;
  readonly #data: string;
  #millrace: MillraceProcess;

  private constructor(topic: string, data: string, millrace: MillraceProcess) {
    this.#topic = topic;
    this.#data = data;
    this.#millrace = millrace;
  }

  /** Reads the topic into a dataSource of its name, which is kept in the folder `data`. */
  static async open(bootstrapServers: string, topic: string, data: string): Promise<Ledger> {
    const ledger = new Ledger(topic, data, await start(data));
    await ledger.#ask(supervisors, specOf(bootstrapServers, topic));
    return ledger;
  }

  /** By key. */
  async kept(): Promise<Readonly<Record<string, Sums>>> {
    const rows = await this.#ask<{ event: Sums & { key: string } }[]>('/druid/v2', {
      queryType: 'groupBy',
      dataSource: this.#topic,
      granularity: 'all',
      intervals: eternity,
      dimensions: ['key'],
      aggregations: metrics.map((name) => ({ type: 'longSum', name, fieldName: name })),
    });
    return Object.fromEntries(rows.map(({ event: { key, ...sums } }) => [key, sums]));
  }

  async status(): Promise<Payload> {
    return (await this.#ask<{ payload: Payload }>(`${supervisors}/${this.#topic}/status`)).payload;
  }

  /** Has it go on at these offsets, whatever it has read. */
  async resetTo(offsets: Readonly<Record<number, number>>): Promise<void> {
    const partitions = { type: 'end', stream: this.#topic, partitionOffsetMap: offsets };
    await this.#ask(`${supervisors}/${this.#topic}/resetOffsets`, { type: 'kafka', partitions });
  }

  /** Kill -9, and a start on the same folder. */
  async kill(): Promise<void> {
    await this.#millrace.stop('SIGKILL');
    this.#millrace = await start(this.#data);
  }

  /** In the orderly way; its exit code. */
  stop = () => this.#millrace.stop();

  async #ask<T>(route: string, body?: object): Promise<T> {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${this.#millrace.url}${route}`, body === undefined ? {} : request);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as T;
  }
}

const start = async (data: string) => startMillrace({ command: ['serve'], port: await freePort(), data });

function specOf(bootstrapServers: string, topic: string): object {
  const sums = metrics.slice(1).map((name) => ({ type: 'longSum', name, fieldName: name }));
  const metricsSpec = [{ type: 'count', name: 'events' }, ...sums];
  return kafkaSpec({
    schema: { dataSource: topic, dimensionsSpec: { dimensions: ['key'] }, metricsSpec },
    io: {
      topic,
      consumerProperties: { 'bootstrap.servers': bootstrapServers },
      inputFormat: { type: 'csv', columns: ['time', 'key', 'transaction', 'n'] },
      taskCount: 2,
      // Tasks hand off as they go.
      taskDuration: 'PT1S',
    },
  });
}

/** A writer that pushes bodies, each once, and remembers which were acknowledged. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

export const eventsPerBody = 20;
const pauseMs = 20;

/** What Druid has of a body: how many events, and the sum of 2ⁿ over their n, which says which ones. */
export interface Found {
  readonly events: number;
  readonly bits: number;
}

const whole: Found = { events: eventsPerBody, bits: 2 ** eventsPerBody - 1 };

export class BodyWriter {
  /** By names of bodies. */
  readonly #acknowledged = new Set<string>();
  /** Without an answer, or refused: none of their events may be there twice. */
  readonly #doubtful = new Set<string>();
  /** With which the names of its bodies begin. */
  readonly name: string;
  readonly #url: string;
  readonly #end = new AbortController();
  #refusals = 0;
  #running: Promise<void> | undefined;

  /** @param url where bodies of the dataSource are posted. */
  constructor(name: string, url: string) {
    this.name = name;
    this.#url = url;
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** How often it was told to come again later. */
  get refusals(): number {
    return this.#refusals;
  }

  start(): this {
    this.#running = this.#run();
    return this;
  }

  /** After the answer to the body that is under way. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  /** Waits until so many more are acknowledged. */
  async acknowledges(more: number): Promise<void> {
    const aim = this.#acknowledged.size + more;
    while (this.#acknowledged.size < aim) {
      assert.ok(!this.#end.signal.aborted, `${this.name} has stopped`);
      await sleep(pauseMs);
    }
  }

  /** Pushes one body until it is acknowledged; its name. */
  async pushOne(): Promise<string> {
    for (;;) {
      const body = await this.#push();
      if (this.#acknowledged.has(body)) return body;
      await sleep(250);
    }
  }

  /** That what Druid has, by names of bodies, holds what was acknowledged once, and nothing twice. */
  compare(found: ReadonlyMap<string, Found>): void {
    const differing = [...this.#acknowledged].flatMap((body) => {
      const { events, bits } = found.get(body) ?? { events: 0, bits: 0 };
      return events === whole.events && bits === whole.bits ? [] : [{ body, events, bits }];
    });
    assert.deepEqual(differing, [], `of ${this.#acknowledged.size} acknowledged bodies of ${this.name}`);
    for (const body of this.#doubtful) {
      const { events, bits } = found.get(body) ?? { events: 0, bits: 0 };
      assert.ok(bits <= whole.bits && events === ones(bits), `of ${body}: ${events} events, ${bits.toString(2)}`);
    }
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await this.#push();
      await sleep(pauseMs);
    }
  }

  async #push(): Promise<string> {
    const body = `${this.name}-${this.#acknowledged.size + this.#doubtful.size}`;
    this.#doubtful.add(body);
    const time = new Date().toISOString();
    const events = Array.from({ length: eventsPerBody }, (_, n) => ({ time, body, bits: 2 ** n }));
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(events) };
    const response = await fetch(this.#url, request).catch(() => undefined);
    const text = await response?.text().catch(() => undefined);
    if (response === undefined || text === undefined) return body;
    if (response.status === 503) {
      this.#refusals++;
      assert.match(response.headers.get('retry-after') ?? 'none', /^\d+$/, text);
      return body;
    }
    const { received, sent } = JSON.parse(text).result ?? {};
    assert.deepEqual([response.status, received, sent], [200, eventsPerBody, eventsPerBody], text);
    this.#doubtful.delete(body);
    this.#acknowledged.add(body);
    return body;
  }
}

const ones = (bits: number) => bits.toString(2).replaceAll('0', '').length;

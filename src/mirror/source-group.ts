/** The group at the source in whose name a flow reads: kept in step with the ledger, so that the source's tools show how far the mirror is. */
import { asMillraceError } from '../errors.ts';
import type { Cluster, GroupOffset } from '../kafka/index.ts';
import type { Logger } from '../observe/log.ts';

const intervalMs = 5_000;

export class SourceGroup {
  readonly #source: Cluster;
  readonly #group: string;
  readonly #log: Logger;
  #toldAt = Number.NEGATIVE_INFINITY;
  /** What was last wrong, so that it is said once. */
  #trouble: string | undefined;

  constructor(source: Cluster, group: string, log: Logger) {
    this.#source = source;
    this.#group = group;
    this.#log = log;
  }

  /** Whether the source was not told for some seconds. */
  get isDue(): boolean {
    return performance.now() - this.#toldAt >= intervalMs;
  }

  /** The mirror goes by its ledger: where the source does not take it, that is only said. */
  async tell(offsets: readonly GroupOffset[]): Promise<void> {
    this.#toldAt = performance.now();
    try {
      const isTaken = await this.#source.admin.setGroupOffsets(this.#group, offsets);
      this.#note(isTaken ? undefined : 'it has members: does a MirrorMaker run under the same group.id?');
    } catch (error) {
      this.#note(asMillraceError(error).message);
    }
  }

  #note(trouble: string | undefined): void {
    if (trouble !== undefined && trouble !== this.#trouble)
      this.#log.warn({ group: this.#group, trouble }, "the source's group is not kept in step with the mirror");
    this.#trouble = trouble;
  }
}

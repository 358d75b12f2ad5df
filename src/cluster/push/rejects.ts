/** The last events of each dataSource that were not kept, in memory: so many, and so large altogether. */
import type { Reject } from '../../backend.ts';
import { maxRejects } from '../../ingest/rejects.ts';

const maxCharacters = 16 * 1024 * 1024;

export class RecentRejects {
  /** The newest last. */
  readonly #byDataSource = new Map<string, { characters: number; rejects: readonly Reject[] }>();

  add(dataSource: string, rejects: readonly Reject[]): void {
    if (rejects.length === 0) return;
    const before = this.#byDataSource.get(dataSource)?.rejects ?? [];
    this.#keep(dataSource, [...before, ...rejects].slice(-maxRejects));
    for (let all = this.#characters(); all > maxCharacters; all = this.#characters()) this.#halveLargest();
  }

  /** The newest first. */
  of(dataSource: string): readonly Reject[] {
    return this.#byDataSource.get(dataSource)?.rejects.toReversed() ?? [];
  }

  #keep(dataSource: string, rejects: readonly Reject[]): void {
    const characters = rejects.reduce((sum, { detail, event }) => sum + detail.length + event.length, 0);
    this.#byDataSource.set(dataSource, { characters, rejects });
  }

  #characters(): number {
    return this.#byDataSource.values().reduce((sum, { characters }) => sum + characters, 0);
  }

  #halveLargest(): void {
    const [largest] = [...this.#byDataSource].sort(([, one], [, other]) => other.characters - one.characters);
    if (largest) this.#keep(largest[0], largest[1].rejects.slice(Math.ceil(largest[1].rejects.length / 2)));
  }
}

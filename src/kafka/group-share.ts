/** What one member of a consumer group has to read, from one sharing out to the next. */
import type { GroupOffset } from './group-requests.ts';
import type { TopicPartition } from './metadata.ts';

/** What a member has to read, for as long as the group leaves it that. */
export interface Share {
  readonly partitions: readonly TopicPartition[];
  /** Aborts when the group shares out anew, or takes this member for dead, or the generations are to end. */
  readonly revoked: AbortSignal;
  /** The group's offsets of these partitions, where it has any. */
  committed(): Promise<readonly GroupOffset[]>;
  /** @throws MillraceError `conflict` when the group has taken the partitions away before they were given back. */
  commit(offsets: readonly GroupOffset[]): Promise<void>;
}

export class KeptShare implements Share {
  readonly partitions: readonly TopicPartition[];
  /** Of the layout that it is a part of. */
  readonly fingerprint: string;
  readonly committed: Share['committed'];
  readonly commit: Share['commit'];
  readonly #revoked = new AbortController();
  readonly #over = new AbortController();

  constructor(
    partitions: readonly TopicPartition[],
    layout: string,
    { committed, commit }: Pick<Share, 'committed' | 'commit'>,
  ) {
    this.partitions = partitions;
    this.fingerprint = layout;
    this.committed = committed;
    this.commit = commit;
  }

  get revoked(): AbortSignal {
    return this.#revoked.signal;
  }

  /** Aborts when whoever reads it has done with it. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  revoke(): void {
    this.#revoked.abort();
  }

  end(): void {
    this.#revoked.abort();
    this.#over.abort();
  }
}

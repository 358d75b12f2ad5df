/** Where pushes go, as the overlord told it a while ago. */
import { asMillraceError } from '../errors.ts';
import type { ClusterContext, PushTarget } from './context.ts';

/** After it, the overlord is asked again beside the pushes, as another instance may have changed the definition. */
const freshMs = 15_000;
/** For names that the overlord does not know. */
const unknownMs = 1_000;
/** More are not remembered; the one that was asked for least lately goes first. */
const mostNames = 10_000;
/** An overlord that has just become the leader may not know all for a moment. */
const mostMisses = 2;

interface Entry {
  target: PushTarget | undefined;
  /** When the overlord was last asked. */
  atMs: number;
  /** How often in a row it did not know the name. */
  misses: number;
  /** While it is asked. */
  asking?: Promise<PushTarget | undefined> | undefined;
}

export class TargetCache {
  readonly #find: (name: string) => Promise<PushTarget | undefined>;
  readonly #context: Pick<ClusterContext, 'log' | 'now'>;
  readonly #entries = new Map<string, Entry>();

  /** @param find asks the overlord; undefined where there is none of that name. */
  constructor(find: (name: string) => Promise<PushTarget | undefined>, context: Pick<ClusterContext, 'log' | 'now'>) {
    this.#find = find;
    this.#context = context;
  }

  /** At once where it is known, else when the overlord has answered. Rejects as `find` does. */
  get(name: string): Promise<PushTarget | undefined> {
    const entry = this.#entries.get(name);
    if (!entry) return this.#askFirst(name);
    const isOld = this.#context.now() - entry.atMs > (entry.target ? freshMs : unknownMs);
    if (!entry.target) return entry.asking ?? (isOld ? this.#askFirst(name) : Promise.resolve(undefined));
    if (isOld && !entry.asking) this.#askAgain(name, entry);
    return Promise.resolve(entry.target);
  }

  set(name: string, target: PushTarget): void {
    this.#keep(name, { target, atMs: this.#context.now(), misses: 0 });
  }

  #askFirst(name: string): Promise<PushTarget | undefined> {
    const asking = this.#find(name).then(
      (target) => {
        if (this.#entries.get(name)?.asking === asking)
          this.#keep(name, { target, atMs: this.#context.now(), misses: 0 });
        return target;
      },
      (error) => {
        if (this.#entries.get(name)?.asking === asking) this.#entries.delete(name);
        throw error;
      },
    );
    this.#keep(name, { target: undefined, atMs: this.#context.now(), misses: 0, asking });
    return asking;
  }

  #askAgain(name: string, entry: Entry): void {
    const failed = (error: unknown) => {
      const { code, message } = asMillraceError(error);
      this.#context.log.warn({ dataSource: name }, `its definition is not refreshed: ${message}`);
      // The pushes go on by what is known. Where it takes none any more, the next one is told why.
      if (code === 'invalidInput') this.#entries.delete(name);
      return entry.target;
    };
    entry.asking = this.#find(name)
      .then((target) => {
        entry.misses = target ? 0 : entry.misses + 1;
        if (target || entry.misses >= mostMisses) entry.target = target;
        return entry.target;
      }, failed)
      .finally(() => {
        entry.atMs = this.#context.now();
        entry.asking = undefined;
      });
  }

  #keep(name: string, entry: Entry): void {
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    if (this.#entries.size <= mostNames) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

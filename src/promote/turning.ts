/** Where a dataSource's pushes and queries go: durable first, so that a restart goes on where this stopped. */
import type { PromotionPhase, Promotions } from '../store/promotions.ts';
import type { PromotionSettings } from './settings.ts';

/** A dataSource whose pushes are the Druid's, and once it is done its queries as well. */
export interface Turned {
  readonly phase: Exclude<PromotionPhase, 'history' | 'returning'>;
  readonly settings: PromotionSettings;
}

export interface Turning {
  /** Settles when this is durable, and when what was under way before has ended. */
  to(phase: PromotionPhase): Promise<void>;
}

/** The pushes under way, by dataSource; '' for those whose events name it. */
export class Routes {
  readonly #promotions: Promotions;
  readonly #turned = new Map<string, Turned>();
  readonly #underWay = new Map<string, Set<Promise<unknown>>>();

  private constructor(promotions: Promotions) {
    this.#promotions = promotions;
  }

  static async open(promotions: Promotions): Promise<Routes> {
    const routes = new Routes(promotions);
    for (const { dataSource, phase, settings } of await promotions.all())
      routes.#turn(dataSource, phase, JSON.parse(settings));
    return routes;
  }

  /** Undefined for one that is here. */
  get(dataSource: string): Turned | undefined {
    return this.#turned.get(dataSource);
  }

  get isEmpty(): boolean {
    return this.#turned.size === 0;
  }

  entries(): IterableIterator<[dataSource: string, Turned]> {
    return this.#turned.entries();
  }

  /** DataSources whose queries are the Druid's. */
  *promoted(): Generator<string> {
    for (const [name, { phase }] of this.#turned) if (phase === 'done') yield name;
  }

  /** A push that goes where {@link get} said a moment ago. */
  async push<T>(dataSource: string, work: Promise<T>): Promise<T> {
    const underWay = this.#underWay.get(dataSource) ?? new Set();
    this.#underWay.set(dataSource, underWay.add(work));
    try {
      return await work;
    } finally {
      underWay.delete(work);
      if (underWay.size === 0) this.#underWay.delete(dataSource);
    }
  }

  /** For a promotion that is under way in the store. */
  turning(dataSource: string, settings: PromotionSettings): Turning {
    return {
      to: async (phase) => {
        const before = (await this.#promotions.all()).find((one) => one.dataSource === dataSource);
        await this.#promotions.write({ dataSource, phase, settings: JSON.stringify(settings), task: before?.task });
        this.#turn(dataSource, phase, settings);
        const underWay = [dataSource, ''].flatMap((name) => [...(this.#underWay.get(name) ?? [])]);
        await Promise.allSettled(underWay);
      },
    };
  }

  #turn(dataSource: string, phase: PromotionPhase, settings: PromotionSettings): void {
    if (phase === 'history' || phase === 'returning') this.#turned.delete(dataSource);
    else this.#turned.set(dataSource, { phase, settings });
  }
}

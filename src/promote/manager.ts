/** Promotions as they are asked for: one at a time for each dataSource. */
import { shownAddress } from '../druid/shown-address.ts';
import type { EmbeddedBackend } from '../embedded/index.ts';
import { eventForm } from '../embedded/segments/form.ts';
import { MillraceError, notFound, unsupported } from '../errors.ts';
import type { PromotionPhase, Promotions, StoredPromotion } from '../store/promotions.ts';
import type { Clusters } from './clusters.ts';
import type { PromotionContext, Report } from './context.ts';
import { isElsewhere, requireArrived, requireRoom, settingsOf } from './place.ts';
import { type PromotionPlan, planOf } from './plan.ts';
import { promote, requireForm } from './promotion.ts';
import type { PromotionSettings } from './settings.ts';
import type { EventStream } from './stream.ts';
import type { Routes, Turning } from './turning.ts';

export interface ManagerOptions {
  readonly embedded: EmbeddedBackend;
  readonly promotions: Promotions;
  readonly routes: Routes;
  readonly clusters: Clusters;
  /** Whether events come here by another way than pushes and supervisors. */
  readonly ownSources: boolean;
}

export interface PromotionState {
  readonly dataSource: string;
  readonly phase: PromotionPhase;
  /** Time chunks that Druid has, and those of them about which both sides agree. */
  readonly copiedChunks: number;
  readonly agreedChunks: number;
}

interface Prepared {
  readonly context: PromotionContext;
  readonly turning: Turning;
  readonly stream: EventStream;
  readonly phase: PromotionPhase;
  /** What may be running for it, as the store has it. */
  readonly task: string | undefined;
  /** Whether it was begun to another Druid, or by another Kafka, which have nothing to do with it from now on. */
  readonly goesElsewhere: boolean;
}

export class PromotionManager {
  readonly #options: ManagerOptions;
  readonly #running = new Set<string>();

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** @throws MillraceError `conflict` for a dataSource that is on a Druid, or on its way: rows that came here would be seen by nobody. */
  requireHere(dataSource: string): void {
    const turned = this.#options.routes.get(dataSource);
    if (turned) throw movedAway(dataSource, turned.settings.druid.at);
  }

  isHere(dataSource: string): boolean {
    return this.#options.routes.get(dataSource) === undefined;
  }

  async list(): Promise<readonly PromotionState[]> {
    const { promotions } = this.#options;
    return Promise.all(
      (await promotions.all()).map(async ({ dataSource, phase }) => {
        const chunks = [...(await promotions.chunks(dataSource)).values()];
        const agreed = chunks.filter(({ agrees }) => agrees);
        return { dataSource, phase, copiedChunks: chunks.length, agreedChunks: agreed.length };
      }),
    );
  }

  /** What would be done. Nothing is changed, here or there. */
  async plan(dataSource: string, settings: PromotionSettings, signal: AbortSignal): Promise<PromotionPlan> {
    const { context, stream } = await this.#prepare(dataSource, settings, () => {}, signal);
    return planOf(context, stream);
  }

  /** Goes on where an earlier run has stopped. The signal stops it, between two steps. */
  async run(dataSource: string, settings: PromotionSettings, report: Report, signal: AbortSignal): Promise<void> {
    const { promotions } = this.#options;
    await this.#alone(dataSource, async () => {
      const prepared = await this.#prepare(dataSource, settings, report, signal);
      const { context, turning, stream, phase, task, goesElsewhere } = prepared;
      if (goesElsewhere) {
        await promotions.forgetChunks(dataSource);
        await stream.forget();
      }
      await promotions.write({ dataSource, phase, settings: JSON.stringify(settings), task });
      await promote({ ...context, turning, stream }, phase);
    });
  }

  /** Gives a promotion up: events come here again, those among them that went to the Druid's topic. */
  async back(dataSource: string, settings: PromotionSettings, report: Report, signal: AbortSignal): Promise<void> {
    await this.#alone(dataSource, async () => {
      const before = await this.#begun(dataSource);
      if (!before) throw notFound(`there is no promotion of '${dataSource}' that could be given up`);
      const { without } = settingsOf(before);
      const { stream, phase } = await this.#prepare(dataSource, { ...settings, without }, report, signal);
      if (phase === 'streaming' || phase === 'done')
        throw new MillraceError(
          'conflict',
          `Druid reads the stream of '${dataSource}' already, which cannot be undone`,
        );
      if (phase !== 'history') await stream.takeBack();
    });
  }

  async #alone(dataSource: string, work: () => Promise<void>): Promise<void> {
    if (this.#running.has(dataSource))
      throw new MillraceError('conflict', `a promotion of '${dataSource}' is running already`);
    this.#running.add(dataSource);
    try {
      await work();
    } finally {
      this.#running.delete(dataSource);
    }
  }

  async #prepare(name: string, settings: PromotionSettings, report: Report, signal: AbortSignal): Promise<Prepared> {
    const { embedded, promotions, routes, clusters, ownSources } = this.#options;
    if (ownSources)
      throw unsupported(
        'this server reads sources of its own, which cannot be turned to Druid while it runs; stop it, and promote its folder with --data',
      );
    const dataSource = embedded.definition(name);
    const table = embedded.store.tables.get(name);
    if (!dataSource || !table) throw notFound(`there is no dataSource '${name}' here`);
    const form = eventForm(table.definition, settings.without);
    requireForm({ dataSource, form, settings });
    if (table.definition.segments.extent === 'all')
      throw unsupported(
        `'${name}' has one segment for all of time, which cannot go piece by piece; define a segmentGranularity`,
      );
    const before = await this.#begun(name);
    const phase = before?.phase ?? 'history';
    const goesElsewhere = before !== undefined && isElsewhere(before, settings);
    if (before && !goesElsewhere) requireSameColumns(settingsOf(before), settings);
    const cluster = await clusters.get(settings);
    const context = { embedded, cluster, promotions, dataSource, form, settings, report, signal };
    const turning = routes.turning(name, settings);
    // The supervisor that reads a topic of pushes back is none of the user's.
    const supervised = phase !== 'returning' && (await embedded.supervisors.ids()).includes(name);
    const stream = await (supervised ? supervisedStream : pushedStream)(context, turning);
    if (!before || goesElsewhere) await requireRoom(context, supervised ? undefined : stream);
    if (phase === 'done') await requireArrived(context);
    return { context, turning, stream, phase, task: goesElsewhere ? undefined : before?.task, goesElsewhere };
  }

  async #begun(dataSource: string): Promise<StoredPromotion | undefined> {
    return (await this.#options.promotions.all()).find((one) => one.dataSource === dataSource);
  }
}

async function supervisedStream(context: PromotionContext, turning: Turning): Promise<EventStream> {
  const { supervisedStream } = await import('./supervised-stream.ts');
  return supervisedStream(context, turning);
}

async function pushedStream(context: PromotionContext, turning: Turning): Promise<EventStream> {
  const { pushedStream } = await import('./pushed-stream.ts');
  return pushedStream(context, turning);
}

export const movedAway = (dataSource: string, address: string) =>
  new MillraceError(
    'conflict',
    `'${dataSource}' was promoted to the Druid at ${shownAddress(address)}, or is on its way; what would be read here nobody would see. Have Druid read it.`,
  );

/** What was copied has the columns that it was begun with. */
function requireSameColumns(before: PromotionSettings, now: PromotionSettings): void {
  const [begun, asked] = [before, now].map(({ without }) => [...without].sort().join(', '));
  if (begun === asked) return;
  throw new MillraceError(
    'conflict',
    `this promotion was begun ${begun ? `without ${begun}` : 'with all metrics'}; go on in the same way`,
  );
}

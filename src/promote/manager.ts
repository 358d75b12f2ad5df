/** Promotions as they are asked for: one at a time for each dataSource. */
import type { EmbeddedBackend } from '../embedded/index.ts';
import { eventForm } from '../embedded/segments/form.ts';
import { MillraceError, notFound, unsupported } from '../errors.ts';
import type { PromotionPhase, Promotions } from '../store/promotions.ts';
import type { Clusters } from './clusters.ts';
import type { PromotionContext, Report } from './context.ts';
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
      const { context, turning, stream, phase } = await this.#prepare(dataSource, settings, report, signal);
      const before = (await promotions.all()).find((one) => one.dataSource === dataSource);
      if (before) requireSameColumns(JSON.parse(before.settings), settings);
      await promotions.write({ dataSource, phase, settings: JSON.stringify(settings), task: before?.task });
      await promote({ ...context, turning, stream }, phase);
    });
  }

  /** Gives a promotion up: events come here again, those among them that went to the Druid's topic. */
  async back(dataSource: string, settings: PromotionSettings, report: Report, signal: AbortSignal): Promise<void> {
    await this.#alone(dataSource, async () => {
      const { stream, phase } = await this.#prepare(dataSource, settings, report, signal);
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
    const before = (await promotions.all()).find((one) => one.dataSource === name);
    const cluster = await clusters.get(settings);
    const context = { embedded, cluster, promotions, dataSource, form, settings, report, signal };
    const turning = routes.turning(name, settings);
    const phase = before?.phase ?? 'history';
    if (!before) await requireRoom(context);
    const supervised = phase !== 'done' && (await embedded.supervisors.ids()).includes(name) && phase !== 'returning';
    const stream = await (supervised ? supervisedStream : pushedStream)(context, turning);
    return { context, turning, stream, phase };
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
    `'${dataSource}' was promoted to the Druid at ${address.replaceAll(/\/\/[^/@,]*@/g, '//')}, or is on its way; what would be read here nobody would see. Have Druid read it.`,
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

/** What Druid has under that name would be overwritten. */
async function requireRoom({ cluster, dataSource: { name } }: PromotionContext): Promise<void> {
  const there = (await cluster.druid.json('coordinator', '/druid/coordinator/v1/metadata/datasources')) as string[];
  const supervised = (await cluster.druid.json('overlord', '/druid/indexer/v1/supervisor')) as string[];
  if (!there.includes(name) && !supervised.includes(name)) return;
  const what = there.includes(name) ? `has segments of '${name}'` : `has a supervisor '${name}'`;
  throw new MillraceError(
    'conflict',
    `Druid ${what}, which are not of this promotion. Nothing was changed; remove them there first, or give this dataSource another name.`,
  );
}

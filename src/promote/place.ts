/** Where promotions go: whether it is where they were begun, and whether there is room. */
import { findSupervisor } from '../cluster/overlord.ts';
import { readSupervisor } from '../cluster/supervisor-spec.ts';
import { shownAddress } from '../druid/shown-address.ts';
import { MillraceError } from '../errors.ts';
import type { StoredPromotion } from '../store/promotions.ts';
import type { PromotionContext } from './context.ts';
import type { PromotionSettings } from './settings.ts';
import type { EventStream } from './stream.ts';

export const settingsOf = ({ settings }: StoredPromotion): PromotionSettings => JSON.parse(settings);

/** The Druid and the Kafka, however they are logged in to. */
const placeOf = ({ druid, kafka }: PromotionSettings): string => {
  const brokers = (kafka['bootstrap.servers'] ?? '').split(',').sort().join(',');
  return `the Druid at ${shownAddress(druid.at).replace(/\/+$/, '')} and the Kafka at ${brokers}`;
};

/** @throws MillraceError `conflict` when events may be there where it was begun. What is done can be found at new addresses. */
export function isElsewhere(before: StoredPromotion, now: PromotionSettings): boolean {
  const begun = placeOf(settingsOf(before));
  if (before.phase === 'done' || begun === placeOf(now)) return false;
  if (before.phase === 'history') return true;
  throw new MillraceError(
    'conflict',
    `the promotion of '${before.dataSource}' was begun with ${begun}, where some of its events are; go on there${before.phase === 'streaming' ? '' : ', or give it up there with --back'}`,
  );
}

interface There {
  readonly hasSegments: boolean;
  readonly hasSupervisor: boolean;
}

async function whatIsThere({ cluster, dataSource: { name } }: PromotionContext): Promise<There> {
  const [withSegments, supervisors] = await Promise.all([
    cluster.druid.json('coordinator', '/druid/coordinator/v1/metadata/datasources') as Promise<string[]>,
    cluster.supervisors.ids(),
  ]);
  return { hasSegments: withSegments.includes(name), hasSupervisor: supervisors.includes(name) };
}

/**
 * What Druid has under that name would be overwritten, and what others wrote to its topic would be read.
 * @param pushed the stream whose topics are to be empty; undefined where they are the user's.
 * @throws MillraceError `conflict`.
 */
export async function requireRoom(context: PromotionContext, pushed: EventStream | undefined): Promise<void> {
  const { name } = context.dataSource;
  if (pushed && (await pushed.ends()).size > 0)
    throw new MillraceError(
      'conflict',
      `Kafka has a topic '${pushed.topics}' with records that are not of this promotion; Druid would take them for events of '${name}'. Nothing was changed; delete that topic first.`,
    );
  const { hasSegments, hasSupervisor } = await whatIsThere(context);
  if (!hasSegments && !hasSupervisor) return;
  const what = hasSegments ? `has segments of '${name}'` : `has a supervisor '${name}'`;
  throw new MillraceError(
    'conflict',
    `Druid ${what}, which are not of this promotion. Nothing was changed; remove them there first, or give this dataSource another name.`,
  );
}

/**
 * Of a promotion that is done, perhaps at new addresses.
 * @throws MillraceError `conflict` where they are those of another Druid or Kafka.
 */
export async function requireArrived(context: PromotionContext): Promise<void> {
  const { cluster, dataSource, settings } = context;
  const { name } = dataSource;
  const { hasSegments, hasSupervisor } = await whatIsThere(context);
  const at = shownAddress(settings.druid.at);
  if (!hasSegments && !hasSupervisor)
    throw new MillraceError(
      'conflict',
      `the Druid at ${at} has neither segments of '${name}' nor a supervisor for it: it is not the one that it was promoted to. Nothing was changed; see --druid.`,
    );
  const supervisor = readSupervisor(await findSupervisor(cluster.druid, name));
  if (supervisor?.origin !== 'pushes') return;
  const { topics } = await cluster.kafka.metadata([supervisor.stream]);
  if (topics.some(({ partitions }) => partitions.length > 0)) return;
  throw new MillraceError(
    'conflict',
    `the Kafka at ${settings.kafka['bootstrap.servers']} has no topic '${supervisor.stream}', which the supervisor of '${name}' on the Druid at ${at} reads. Nothing was changed; see --kafka.`,
  );
}

/**
 * One dataSource's way to a Druid: its segments first, while events come as before; then its stream stops here, the rest goes the same
 * way, both sides are compared, and Druid reads on where this side stopped. Each step can be done again, so a promotion that was
 * stopped anywhere is run again and goes on.
 */
import { asMillraceError, MillraceError, unsupported } from '../errors.ts';
import type { StoredPromotion } from '../store/promotions.ts';
import type { Difference } from './compare.ts';
import { compareHistory, forgetChunks } from './compare-history.ts';
import { type PromotionContext, throwIfStopped } from './context.ts';
import { copyHistory, liveChunks, staleChunks } from './history.ts';
import { type EventStream, readOn } from './stream.ts';
import type { Turning } from './turning.ts';

/** What changed while it was copied is copied again, before the stream stops and after. */
const rounds = 2;
/** Of the intervals that differ. */
const mostShown = 10;

export interface Steps extends PromotionContext {
  readonly turning: Turning;
  readonly stream: EventStream;
}

/** @param phase where it stands. */
export async function promote(steps: Steps, phase: StoredPromotion['phase']): Promise<void> {
  const { stream, turning, report } = steps;
  if (phase === 'done') {
    // From now on at the addresses that were given now.
    await turning.to('done');
    // It may have been killed before its stream had ended here.
    return stream.end();
  }
  if (phase === 'returning') await stream.takeBack();
  if (phase === 'history' || phase === 'returning') await copyWhileEventsCome(steps);
  if (phase !== 'streaming') {
    report({ step: 'turning the stream to Druid' });
    // While draining too: who was giving it up when it was killed may have had the stream go on here.
    await stream.stop();
    await copyTheRest(steps);
    await turning.to('streaming');
  }
  await readOn(steps, stream);
  await turning.to('done');
  await stream.end();
  report({ step: 'done' });
}

async function copyWhileEventsCome(steps: Steps): Promise<void> {
  for (let round = 0; round < rounds && (await staleChunks(steps)).length > 0; round++) await copyHistory(steps);
  // What differs now was perhaps copied as it changed; it is copied and compared again when nothing changes.
  await forgetChunks(steps, await compareHistory(steps));
}

async function copyTheRest(steps: Steps): Promise<void> {
  const { embedded, dataSource } = steps;
  await embedded.handOff(dataSource.name);
  for (let round = 1; ; round++) {
    throwIfStopped(steps);
    await copyHistory(steps);
    const found = await compareHistory(steps);
    if (found.length === 0) break;
    await forgetChunks(steps, found);
    if (round < rounds) continue;
    await giveUp(steps, found);
  }
  // Rows that are not handed off were neither copied nor compared.
  if ((await staleChunks(steps)).length > 0 || (await liveChunks(steps)).length > 0)
    throw new MillraceError(
      'conflict',
      `rows of '${dataSource.name}' still change here although its stream has stopped; what else writes to it?`,
    );
}

/** @throws MillraceError `runtimeFailure`: where the sides differ, and how far the stream could be taken back. */
async function giveUp({ dataSource, stream }: Steps, found: readonly Difference[]): Promise<never> {
  const shown = found.slice(0, mostShown).map(({ message }) => message);
  if (found.length > mostShown) shown.push(`and ${found.length - mostShown} intervals more`);
  const differ = `both sides differ: ${shown.join('; ')}`;
  const advice = `Look what else changes '${dataSource.name}' on Druid, or deletes of it, and run it again.`;
  try {
    await stream.takeBack();
  } catch (cause) {
    const { message } = asMillraceError(cause);
    throw new MillraceError('runtimeFailure', `${differ}. Its stream is not back here yet: ${message} ${advice}`, {
      cause,
    });
  }
  throw new MillraceError('runtimeFailure', `${differ}. Nothing has moved: events come here as before. ${advice}`);
}

/** @throws MillraceError `unsupported` for what cannot go to a Druid as it is, with what can be done. */
export function requireForm({
  dataSource,
  form,
  settings,
}: Pick<PromotionContext, 'dataSource' | 'form' | 'settings'>): void {
  if (form.formless.length > 0) {
    const names = form.formless.map((name) => `'${name}'`).join(', ');
    throw unsupported(
      `what is stored of ${names} cannot become a Druid's, whose sketches are made of other hashes. Leave their history behind with ${form.formless.map((name) => `--without ${name}`).join(' ')}; from then on Druid makes its own.`,
    );
  }
  const unknown = settings.without.find((name) => !dataSource.metrics.some(({ spec }) => spec.name === name));
  if (unknown !== undefined) throw unsupported(`'${dataSource.name}' has no metric '${unknown}' to be left out`);
}

/** `reportDropsAsExceptions`, `reportParseExceptions`: a batch of which not all events can be kept is an error. */
import { MillraceError } from '../../errors.ts';
import type { WorkOutcome } from '../../ingest/work.ts';
import type { TopicRoute } from '../../spec/tranquility-kafka.ts';

type Wishes = Pick<TopicRoute, 'reportDropsAsExceptions' | 'reportParseExceptions'>;

/** Throws `runtimeFailure`; then nothing of the batch is taken. */
export function requireAllKept(wishes: Wishes, topic: string, { received, dropped, unparseable }: WorkOutcome): void {
  const { late = 0, early = 0, unparseable: broken = 0 } = dropped;
  if (wishes.reportParseExceptions && broken > 0) {
    const last = unparseable?.at(-1);
    const example = last ? `, such as ${JSON.stringify(last.event.slice(0, 200))} (${last.details.join('; ')})` : '';
    throw stopped(topic, `${broken} of ${received} cannot be parsed${example}`, 'reportParseExceptions');
  }
  if (wishes.reportDropsAsExceptions && late + early > 0)
    throw stopped(topic, `${late} of ${received} are too late and ${early} too early`, 'reportDropsAsExceptions');
}

const stopped = (topic: string, what: string, property: string) =>
  new MillraceError(
    'runtimeFailure',
    `Topic '${topic}': of a batch's events ${what}, and ${property} is true. Nothing of this batch was taken, and the next start reads it again; set ${property} to false to pass over such events.`,
  );

/** Pushed events: they turn to the Druid's topic, and are acknowledged there. */
import { recordFormat, requireRecords } from '../cluster/supervisor-spec.ts';
import { topicOf } from '../cluster/topic-name.ts';
import { MillraceError } from '../errors.ts';
import { loadJson } from '../spec/load.ts';
import { readSupervisorSpec } from '../spec/supervisor.ts';
import { deleteOffsets } from '../store/offsets.ts';
import { type PromotionContext, pauseUnlessStopped } from './context.ts';
import { type EventStream, logEnds, readerOf, storedPositions, terminateThere } from './stream.ts';
import type { Turning } from './turning.ts';

const pollMs = 200;
/** How long what went to the topic may not come back by a single record. */
const readBackPatienceMs = 60_000;

/** @throws MillraceError `unsupported` for what cannot go through a topic. */
export function pushedStream(context: PromotionContext, turning: Turning): EventStream {
  const { embedded, cluster, dataSource, settings, report } = context;
  requireRecords(dataSource);
  const { name } = dataSource;
  const topic = topicOf(name);
  const topics = [topic];
  const declare = () => cluster.define(dataSource, { suspended: true });
  const positions = () => storedPositions(context, (other) => other === topic);
  /** The topic's records as a stream of our own. */
  const spec = () => ({
    type: 'kafka',
    spec: {
      dataSchema: dataSource.dataSchema,
      ioConfig: {
        topic,
        inputFormat: recordFormat(dataSource.inputFormat),
        consumerProperties: settings.kafka,
        useEarliestOffset: true,
      },
    },
  });
  /** How many records before these ends the store does not have. */
  const left = async (ends: ReadonlyMap<string, number>) => {
    const known = await positions();
    const each = [...ends].map(([number, end]) => end - Number(known.get(`${topic}/${number}`) ?? 0));
    return each.reduce((sum, records) => sum + Math.max(0, records), 0);
  };
  return {
    topics,
    ends: () => logEnds(cluster.kafka, topics),
    declare,
    positions,
    stop: async () => {
      await declare();
      await turning.to('draining');
    },
    takeBack: async () => {
      await turning.to('returning');
      // It is suspended and has read nothing; resumed by whomever, it would bring what comes back here now.
      await terminateThere(context);
      const ends = await logEnds(cluster.kafka, topics);
      if (ends.size > 0) {
        await embedded.supervisors.submit(readSupervisorSpec(loadJson(JSON.stringify(spec()))));
        // A supervisor's definition has no window, and what is pushed meanwhile is to be judged. It goes on by its own.
        await embedded.define(dataSource);
        report({ step: 'reading back what went to the topic' });
        await readBack(context, () => left(ends));
        await embedded.supervisors.terminate(name);
      }
      await turning.to('history');
    },
    forget: async () => {
      const partitions = [...(await positions()).keys()];
      await embedded.store.transaction((transaction) => deleteOffsets(transaction, readerOf(name), partitions));
    },
    end: async () => {},
  };
}

/** Settles when nothing is left; the same can be tried again. */
async function readBack(
  { embedded, dataSource: { name }, signal }: PromotionContext,
  left: () => Promise<number>,
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  for (let changedMs = performance.now(); ; ) {
    const records = await left();
    if (records === 0) return;
    if (records < least) changedMs = performance.now();
    else if (performance.now() - changedMs > readBackPatienceMs) {
      const { detailedState } = await embedded.supervisors.state(name);
      throw new MillraceError(
        'timeout',
        `for ${readBackPatienceMs / 1000} s nothing more was read back of the topic '${topicOf(name)}': ${records} records are left, and the supervisor '${name}' is ${detailedState}. They are safe in Kafka; when it can be read, give the promotion up with --back.`,
      );
    }
    least = Math.min(least, records);
    await pauseUnlessStopped(signal, pollMs);
  }
}

/** Pushed events: they turn to the Druid's topic, and are acknowledged there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { recordFormat, requireRecords } from '../cluster/supervisor-spec.ts';
import { topicOf } from '../cluster/topic-name.ts';
import { loadJson } from '../spec/load.ts';
import { readSupervisorSpec } from '../spec/supervisor.ts';
import { deleteOffsets } from '../store/offsets.ts';
import { type PromotionContext, stopped } from './context.ts';
import { type EventStream, logEnds, readerOf, storedPositions, terminateThere } from './stream.ts';
import type { Turning } from './turning.ts';

const pollMs = 200;

/** @throws MillraceError `unsupported` for what cannot go through a topic. */
export function pushedStream(context: PromotionContext, turning: Turning): EventStream {
  const { embedded, cluster, dataSource, settings, report, signal } = context;
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
  return {
    topics,
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
      const ends = await logEnds(context, topics);
      if (ends.size > 0) {
        await embedded.supervisors.submit(readSupervisorSpec(loadJson(JSON.stringify(spec()))));
        // A supervisor's definition has no window, and what is pushed meanwhile is to be judged. It goes on by its own.
        await embedded.define(dataSource);
        report({ step: 'reading back what went to the topic' });
        let known = await positions();
        while ([...ends].some(([number, end]) => (known.get(`${topic}/${number}`) ?? 0n) < BigInt(end))) {
          await sleep(pollMs, undefined, { signal }).catch(() => {
            throw stopped();
          });
          known = await positions();
        }
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

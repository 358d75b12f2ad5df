/** The kinds of delivery. */
import type { LaneContext } from '../lane-context.ts';
import { AtLeastOnceWriter } from './at-least-once.ts';
import { ExactlyOnceWriter } from './exactly-once.ts';
import type { LaneWriter } from './lane-writer.ts';

const writers = { atLeastOnce: AtLeastOnceWriter, exactlyOnce: ExactlyOnceWriter };

export const createWriter = (context: LaneContext): LaneWriter => new writers[context.flow.delivery](context);

/** What `millrace mirror offsets` prints. */
import { asMillraceError } from '../errors.ts';
import type { MirrorFlow } from '../mirror/flow-settings.ts';
import { type GroupPosition, translatedOffsets } from '../mirror/groups/translated-offsets.ts';
import { readFlows } from './mirror-flows.ts';
import type { FlowFlags } from './mirror-options.ts';

export interface OffsetsFlags extends FlowFlags {
  readonly group: string;
  readonly topic?: string;
  readonly json: boolean;
}

/** @throws MillraceError when no flow tells of the group, by the first one's reason. */
export async function printOffsets(file: string | undefined, flags: OffsetsFlags): Promise<void> {
  const { flows } = readFlows(file, flags);
  const asked = await Promise.allSettled(flows.map((flow) => offsetsOf(flow, flags)));
  const positions = asked.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  // Of a file with both directions, one flow has nothing of a group that reads on one cluster.
  const failures = asked.flatMap((answer) => (answer.status === 'rejected' ? asMillraceError(answer.reason) : []));
  const failure =
    failures.find(({ code }) => code !== 'notFound') ?? (positions.length === 0 ? failures[0] : undefined);
  if (failure) throw failure;
  process.stdout.write(flags.json ? `${JSON.stringify(positions, null, 2)}\n` : asTable(positions));
}

type FlowPosition = { readonly flow: string } & GroupPosition;

async function offsetsOf(flow: MirrorFlow, flags: OffsetsFlags): Promise<FlowPosition[]> {
  return (await translatedOffsets(flow, flags)).map((position) => ({ flow: flow.name, ...position }));
}

/** With the words of kafka-consumer-groups.sh. */
const columns: Readonly<Record<string, (position: FlowPosition) => string | number>> = {
  FLOW: ({ flow }) => flow,
  TOPIC: ({ topic }) => topic,
  PARTITION: ({ partition }) => partition,
  'SOURCE-OFFSET': ({ sourceOffset }) => sourceOffset,
  'SOURCE-LAG': ({ sourceLag }) => sourceLag,
  'REMOTE-TOPIC': ({ remoteTopic }) => remoteTopic,
  'TARGET-OFFSET': ({ targetOffset }) => targetOffset,
  'TARGET-LAG': ({ targetLag }) => targetLag,
  EXACT: ({ isExact }) => (isExact ? 'yes' : 'no'),
};

function asTable(positions: readonly FlowPosition[]): string {
  const rows = [Object.keys(columns), ...positions.map((one) => Object.values(columns).map((cell) => `${cell(one)}`))];
  const widths = Object.keys(columns).map((_, at) => Math.max(...rows.map((row) => (row[at] as string).length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] as number))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The work of `millrace clone`. */
import { formatInterval, type Interval } from '../catalog/time.ts';
import { type CloneProgress, type CloneResult, cloneDataSource } from '../clone/index.ts';
import { openDruid } from '../druid/index.ts';
import { openEmbedded } from '../embedded/index.ts';
import { createLogger } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { progressLine } from '../observe/progress-line.ts';
import { Terminal } from '../observe/terminal.ts';
import { druidSettings } from './cluster-options.ts';
import { stopSignal } from './stop-signal.ts';

export interface CloneFlags {
  readonly data: string;
  readonly as?: string;
  readonly interval?: Interval;
  readonly sample: number;
  readonly without: readonly string[];
  readonly replace: boolean;
  readonly druidConfig?: string;
}

export async function runClone(url: string, dataSource: string, flags: CloneFlags): Promise<void> {
  const { data, as = dataSource, druidConfig, ...options } = flags;
  const signal = stopSignal();
  const terminal = process.stderr.isTTY ? new Terminal(process.stderr) : undefined;
  const log = createLogger('warn', terminal);
  await using druid = openDruid(druidSettings(url, druidConfig), log);
  const backend = await openEmbedded({ dataDirectory: data, autoCreate: false, metrics: createMetrics(), log });
  const line = terminal && progressLine(terminal);
  try {
    const onProgress = line && (({ rows, totalRows }: CloneProgress) => line.show(rows, totalRows));
    const result = await cloneDataSource({ ...options, druid, backend, dataSource, as, onProgress, signal });
    line?.remove();
    for (const text of summary(result, { as, data, sample: flags.sample })) console.log(text);
  } finally {
    line?.remove();
    await backend.close();
  }
}

const number = new Intl.NumberFormat('en');

function summary(
  { rows, taken, summed, moving, isSupervisors }: CloneResult,
  { as, data, sample }: { readonly as: string; readonly data: string; readonly sample: number },
): readonly string[] {
  const compared =
    sample < 1
      ? `of ${number.format(rows)} that were read, as many as Druid counts`
      : `as many as Druid counts${summed.length === 0 ? '' : `; the sums of ${summed.join(', ')} agree`}`;
  return [
    `${number.format(taken)} rows of '${as}' are in ${data}, ${compared}.`,
    ...moving.map((interval) => `What came in ${formatInterval(interval)} while it was read may be there or not.`),
    isSupervisors
      ? "Its definition is the supervisor's: the same events can be posted to it."
      : 'Its definition is made of what the segments tell: what they combine is expected of events that are posted to it.',
    `millrace serve --data ${data} answers.`,
  ];
}

/** How fast a mirror is, and how far behind. */
import { duration } from '../observe/progress-line.ts';
import type { MirrorTotals } from './metrics.ts';

export interface MirrorPace {
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly lagRecords: number;
  readonly reencodedBatches: number;
  /** While it catches up: the part that is done since it began, and what is left at this rate. */
  readonly catchUp: { readonly part: number; readonly secondsLeft: number | undefined } | undefined;
}

/** A mirror that is further behind than it writes in so long catches up; when it is less than a second behind it has. */
const behindSeconds = 5;
/** What is behind by less is not worth a bar. */
const fewRecords = 10_000;

export class PaceMeter {
  #last: (MirrorTotals & { readonly atMs: number }) | undefined;
  /** How many records were written when it began to catch up. */
  #catchUpFrom: number | undefined;

  /** The pace since the last call. */
  measure(totals: MirrorTotals, atMs: number): MirrorPace {
    const last = this.#last ?? { ...totals, atMs };
    this.#last = { ...totals, atMs };
    const seconds = (atMs - last.atMs) / 1000;
    const perSecond = (now: number, before: number) => (seconds > 0 ? (now - before) / seconds : 0);
    const recordsPerSecond = perSecond(totals.records, last.records);
    this.#judge(totals, recordsPerSecond);
    return {
      recordsPerSecond,
      bytesPerSecond: perSecond(totals.bytes, last.bytes),
      lagRecords: totals.lagRecords,
      reencodedBatches: totals.reencodedBatches,
      catchUp: this.#catchUp(totals, recordsPerSecond),
    };
  }

  #judge({ records, lagRecords }: MirrorTotals, recordsPerSecond: number): void {
    const isFarBehind = lagRecords > Math.max(fewRecords, behindSeconds * recordsPerSecond);
    if (this.#catchUpFrom === undefined && isFarBehind) this.#catchUpFrom = records;
    if (lagRecords <= Math.max(fewRecords / 10, recordsPerSecond)) this.#catchUpFrom = undefined;
  }

  #catchUp({ records, lagRecords }: MirrorTotals, recordsPerSecond: number): MirrorPace['catchUp'] {
    if (this.#catchUpFrom === undefined) return undefined;
    const done = records - this.#catchUpFrom;
    const secondsLeft = recordsPerSecond > 0 ? lagRecords / recordsPerSecond : undefined;
    return { part: done / (done + lagRecords), secondsLeft };
  }
}

const barWidth = 20;
const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** For a terminal's live line. */
export function paceText({ catchUp, ...pace }: MirrorPace, memoryBytes: number): string {
  const parts = [
    `${count.format(pace.recordsPerSecond)} records/s`,
    `${tenths.format(pace.bytesPerSecond / 1e6)} MB/s`,
    `${count.format(pace.lagRecords)} behind`,
    ...(pace.reencodedBatches > 0 ? [`${count.format(pace.reencodedBatches)} batches re-encoded`] : []),
    `${count.format(memoryBytes / 1e6)} MB`,
  ];
  return [...(catchUp === undefined ? [] : [catchUpText(catchUp)]), ...parts].join(' · ');
}

function catchUpText({ part, secondsLeft }: NonNullable<MirrorPace['catchUp']>): string {
  const full = Math.floor(part * barWidth);
  const left = secondsLeft === undefined ? '' : ` · ${duration(secondsLeft)} left`;
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${Math.floor(part * 100)} %${left}`;
}

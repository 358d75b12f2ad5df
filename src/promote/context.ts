/** What the steps of a promotion stand on. */
import type { ClusterBackend } from '../cluster/index.ts';
import type { EmbeddedBackend } from '../embedded/index.ts';
import type { EventForm } from '../embedded/segments/form.ts';
import { MillraceError } from '../errors.ts';
import type { DataSource } from '../spec/data-source.ts';
import type { Promotions } from '../store/promotions.ts';
import type { Table } from '../store/schema.ts';
import { pause } from '../waiting.ts';
import type { PromotionSettings } from './settings.ts';

export interface PromotionContext {
  readonly embedded: EmbeddedBackend;
  readonly cluster: ClusterBackend;
  readonly promotions: Promotions;
  readonly dataSource: DataSource;
  /** The columns that go along. */
  readonly form: EventForm;
  readonly settings: PromotionSettings;
  readonly report: Report;
  readonly signal: AbortSignal;
}

export type Report = (progress: Progress) => void;

export interface Progress {
  /** In words, such as `copying segments`. */
  readonly step: string;
  /** Rows, or records, of how many. */
  readonly done?: number;
  readonly total?: number;
}

export function tableOf({ embedded, dataSource: { name } }: PromotionContext): Table {
  return embedded.store.tables.get(name) as Table;
}

export function throwIfStopped({ signal }: Pick<PromotionContext, 'signal'>): void {
  if (signal.aborted) throw new MillraceError('cancelled', 'the promotion was stopped; run it again to go on');
}

/** Rejects with `cancelled` once the promotion is stopped. */
export async function pauseUnlessStopped(signal: AbortSignal, ms: number): Promise<void> {
  await pause(ms, signal);
  throwIfStopped({ signal });
}

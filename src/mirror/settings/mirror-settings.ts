import type { MirrorFlow } from '../flow-settings.ts';
import type { Remark } from './settings-file.ts';

/** What a command's options and files say. */
export interface MirrorSettings {
  readonly flows: readonly MirrorFlow[];
  readonly remarks: readonly Remark[];
}

import type { MirrorFlow } from '../flow-settings.ts';

/** What a command's options and files say. */
export interface MirrorSettings {
  readonly flows: readonly MirrorFlow[];
  /** One line for each property that is old, has no effect, or is not known. */
  readonly warnings: readonly string[];
}

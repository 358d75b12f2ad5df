/** MirrorMaker's files and options → flows. */
export { longestCommitIntervalMs } from './limits.ts';
export { type MirrorMaker1Options, readMirrorMaker1 } from './mirror-maker-1.ts';
export { type MirrorMaker2Options, readMirrorMaker2 } from './mirror-maker-2.ts';
export type { MirrorSettings } from './mirror-settings.ts';
export { SettingsFile } from './settings-file.ts';

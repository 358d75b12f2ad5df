/** Options and files → the flows of a mirror. */
import { type MirrorSettings, readMirrorMaker1, readMirrorMaker2, SettingsFile } from '../mirror/settings/index.ts';
import { readInput } from './input.ts';
import type { FlowFlags } from './mirror-options.ts';
import { UsageError } from './options.ts';

/** @throws UsageError for options that do not go together, MillraceError for what a file says wrongly. */
export function readFlows(file: string | undefined, flags: FlowFlags): MirrorSettings {
  return file === undefined ? ofMirrorMaker1(flags) : ofMirrorMaker2(file, flags);
}

const onlyWithoutFile = [
  'consumer.config',
  'producer.config',
  'include',
  'whitelist',
  'blacklist',
  'num.streams',
] as const;

function ofMirrorMaker2(file: string, flags: FlowFlags): MirrorSettings {
  const other = onlyWithoutFile.find((name) => flags[name] !== undefined);
  if (other !== undefined) throw new UsageError(`--${other} does not go with a file; it is of MirrorMaker 1`);
  const { clusters: targets, exactlyOnce, 'commit.interval.ms': commitIntervalMs } = flags;
  return readMirrorMaker2(read(file), { targets, exactlyOnce, commitIntervalMs });
}

function ofMirrorMaker1(flags: FlowFlags): MirrorSettings {
  const { 'consumer.config': consumer, 'producer.config': producer, whitelist, blacklist: exclude } = flags;
  if (consumer === undefined || producer === undefined) {
    throw new UsageError("expected MirrorMaker 2's file, or --consumer.config and --producer.config");
  }
  if (flags.clusters !== undefined) throw new UsageError("--clusters goes with MirrorMaker 2's file");
  // As in the original, which ignores the old name beside the new one.
  const include = flags.include ?? whitelist;
  if ((include === undefined) === (exclude === undefined)) {
    throw new UsageError('expected one of --include, --whitelist and --blacklist: which topics to mirror');
  }
  const { 'num.streams': streams = 1, exactlyOnce, 'commit.interval.ms': commitIntervalMs } = flags;
  const files = { consumer: read(consumer), producer: read(producer) };
  return readMirrorMaker1({ ...files, include, exclude, streams, exactlyOnce, commitIntervalMs });
}

const read = (file: string) => SettingsFile.parse(readInput(file), file);

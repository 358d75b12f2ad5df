/**
 * Which of a source topic's properties a remote topic gets, by MirrorMaker 2's rules.
 * https://kafka.apache.org/documentation/#mirrormakerconfigs
 */
import type { ConfigChanges, TopicConfig } from '../../kafka/index.ts';
import type { TopicSync } from '../flow-settings.ts';

type Rules = Pick<TopicSync, 'configExclude' | 'configDefaultsFrom'>;
type Configs = readonly TopicConfig[];

/** For a topic that is created. */
export function configsOfNew(source: Configs, rules: Rules): Readonly<Record<string, string>> {
  const own = source.flatMap((config) => {
    const value = wantedValue(config, rules);
    return isCopied(config, rules) && value !== null ? [[config.name, value] as const] : [];
  });
  return Object.fromEntries(own);
}

/** What is to be changed at the remote topic. Properties that the target's brokers do not know are left out. */
export function changesOf(source: Configs, remote: Configs, rules: Rules): ConfigChanges {
  const there = new Map(remote.map((config) => [config.name, config]));
  const changes = source.flatMap((config) => {
    const current = there.get(config.name);
    if (current === undefined || !isCopied(config, rules)) return [];
    const value = wantedValue(config, rules);
    const now = current.source === 'topic' ? current.value : null;
    return value === now ? [] : [[config.name, value] as const];
  });
  return Object.fromEntries(changes);
}

/** What the brokers' file says is theirs; what was set for all of them while they ran is as a topic's own. */
function isCopied({ name, source, isReadOnly, isSensitive }: TopicConfig, { configExclude }: Rules): boolean {
  return !isReadOnly && !isSensitive && source !== 'broker' && !configExclude.some((pattern) => pattern.test(name));
}

/** Null: what the target's brokers have. */
const wantedValue = ({ source, value }: TopicConfig, { configDefaultsFrom }: Rules) =>
  source === 'default' && configDefaultsFrom === 'target' ? null : value;

/** What is said of the properties of a MirrorMaker 2's file that nothing here reads. */
import { nearestWord } from '../../errors.ts';
import { onlyClasses, readProperties, uselessness } from './mirror-maker-2-properties.ts';
import type { Remark, SettingsFile } from './settings-file.ts';

export interface Flows {
  /** The aliases of 'clusters'. */
  readonly clusters: readonly string[];
  /** `A->B` of the flows that are run here. */
  readonly run: ReadonlySet<string>;
  /** What the enabled ones read, and write to, here or elsewhere. */
  readonly sources: ReadonlySet<string>;
  readonly targets: ReadonlySet<string>;
}

/** One for each property that nothing reads. */
export function remarksOnUnread(file: SettingsFile, flows: Flows): readonly Remark[] {
  return file.unread().flatMap((fullName) => {
    const why = remarkOn(fullName, flows);
    return why === undefined ? [] : [file.remark(fullName, why)];
  });
}

function remarkOn(fullName: string, flows: Flows): string | undefined {
  const [, source, target, ofPair] = /^(.+?)->(.+?)\.(.+)$/.exec(fullName) ?? [];
  if (source !== undefined && target !== undefined && ofPair !== undefined) {
    const stranger = [source, target].find((alias) => !flows.clusters.includes(alias));
    if (stranger !== undefined) return `there is no '${stranger}' in 'clusters'`;
    // What is said of a flow that is not run waits for it to be.
    return flows.run.has(`${source}->${target}`) ? remarkOnName(ofPair) : undefined;
  }
  const alias = flows.clusters.find((one) => fullName.startsWith(`${one}.`));
  if (alias === undefined) return remarkOnName(fullName);
  const name = fullName.slice(alias.length + 1);
  const isUsed = flows.sources.has(alias) || flows.targets.has(alias);
  return isUsed ? remarkOnCluster(name, alias, flows) : undefined;
}

function remarkOnCluster(name: string, alias: string, { sources, targets }: Flows): string | undefined {
  if (name.startsWith('consumer.'))
    return sources.has(alias) ? undefined : `no flow that is enabled reads from '${alias}'`;
  if (name.startsWith('producer.'))
    return targets.has(alias) ? undefined : `no flow that is enabled writes to '${alias}'`;
  if (name.startsWith('admin.')) return `one login is used for all requests to a cluster; put it under '${alias}.'`;
  return remarkOnName(name);
}

function remarkOnName(name: string): string {
  const why = uselessness(name);
  if (why !== undefined) return why;
  if (/^(?:source\.|target\.)?(?:admin|consumer|producer)\./.test(name))
    return 'is not needed: a flow reads as a consumer, and writes as a producer';
  const nearest = nearestWord(name, [...Object.keys(readProperties), ...Object.keys(onlyClasses)]);
  return `is not known, and is ignored${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`;
}

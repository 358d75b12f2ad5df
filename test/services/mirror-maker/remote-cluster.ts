/** MirrorMaker 2's own client: what a program asks before it goes on reading on another cluster. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jarsOf } from '../maven.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export interface RemoteCluster {
  /** By `<topic>-<partition>`: offset and metadata. */
  readonly offsets: Readonly<Record<string, readonly [offset: number, metadata: string]>>;
  /** Source, target, milliseconds since 1970; undefined where there is none. */
  readonly heartbeat: readonly [source: string, target: string, timestamp: number] | undefined;
}

/** Where a group of the cluster of that alias is, by its checkpoints on the target. */
export async function askRemoteCluster(
  bootstrapServers: string,
  alias: string,
  groupId: string,
  heartbeatsTopic: string,
): Promise<RemoteCluster> {
  const jars = join(jarsOf('mirror-client', here('pom-client.xml')), '*');
  const java = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', jars, here('RemoteCluster.java')];
  const { stdout } = await promisify(execFile)('java', [...java, bootstrapServers, alias, groupId, heartbeatsTopic]);
  const lines = stdout.split('\n').map((line) => line.split(' '));
  const offsets = lines.filter(([kind]) => kind === 'offset');
  const [, source, target, timestamp] = lines.find(([kind]) => kind === 'heartbeat') ?? [];
  return {
    offsets: Object.fromEntries(
      offsets.map(([, topic, partition, offset, metadata = '']) => [
        `${topic}-${partition}`,
        [Number(offset), metadata],
      ]),
    ),
    heartbeat: source === undefined || target === undefined ? undefined : [source, target, Number(timestamp)],
  };
}

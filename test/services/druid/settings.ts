/** What each process of the tests' Druid is started with. */
import { join } from 'node:path';

export const roles = ['coordinator', 'historical', 'broker', 'middleManager', 'router'] as const;
export type Role = (typeof roles)[number];

/** Megabytes of heap by process, and how much is worked on beside it. */
export interface ClusterSize {
  /** A router is there only where it has some. */
  readonly heapMb: Readonly<Record<Exclude<Role, 'router'> | 'peon', number>> & { readonly router?: number };
  readonly directMb: number;
  readonly bufferMb: number;
  readonly threads: number;
  readonly collector: 'Serial' | 'G1';
}

/** As small as they work. A groupBy clears a buffer for each bucket of time, so that these are small as well. */
export const small: ClusterSize = {
  heapMb: { coordinator: 512, historical: 512, broker: 512, middleManager: 64, router: 128, peon: 512 },
  directMb: 256,
  bufferMb: 8,
  threads: 1,
  collector: 'Serial',
};

export interface Ports extends Readonly<Record<Role, number>> {
  readonly zookeeper: number;
  readonly derby: number;
}

/** Java 17 keeps these closed; Druid's own start script opens them. */
const opened = [
  '--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-opens=java.base/java.io=ALL-UNNAMED',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED',
];

type Properties = Readonly<Record<string, string | number>>;

/** What every Java process is started with. */
export const machine = ({ directMb, collector }: ClusterSize, folder: string): readonly string[] => [
  `-XX:MaxDirectMemorySize=${directMb}m`,
  `-XX:+Use${collector}GC`,
  '-Duser.timezone=UTC',
  '-Dfile.encoding=UTF-8',
  `-Djava.io.tmpdir=${join(folder, 'tmp')}`,
  ...opened,
];

/** The runtime properties of a process; what it keeps is in the folder. */
export function propertiesOf(role: Role, ports: Ports, folder: string, size: ClusterSize): Properties {
  return {
    'druid.host': '127.0.0.1',
    'druid.plaintextPort': ports[role],
    'druid.service': `druid/${role}`,
    'druid.zk.service.host': `127.0.0.1:${ports.zookeeper}`,
    'druid.metadata.storage.type': 'derby',
    'druid.metadata.storage.connector.connectURI': `jdbc:derby://127.0.0.1:${ports.derby}/${join(folder, 'derby')};create=true`,
    'druid.metadata.storage.connector.host': '127.0.0.1',
    'druid.metadata.storage.connector.port': ports.derby,
    'druid.storage.type': 'local',
    'druid.storage.storageDirectory': join(folder, 'deep-storage'),
    'druid.indexer.logs.directory': join(folder, 'task-logs'),
    'druid.indexer.task.baseTaskDir': join(folder, 'tasks'),
    'druid.lookup.enableLookupSyncOnStartup': 'false',
    'druid.processing.buffer.sizeBytes': `${size.bufferMb}MiB`,
    'druid.processing.numThreads': size.threads,
    'druid.processing.numMergeBuffers': 2,
    ...ofRole[role](folder, size),
  };
}

const ofRole: Readonly<Record<Role, (folder: string, size: ClusterSize) => Properties>> = {
  coordinator: () => ({
    'druid.coordinator.asOverlord.enabled': 'true',
    'druid.coordinator.asOverlord.overlordService': 'druid/overlord',
    'druid.coordinator.startDelay': 'PT1S',
    'druid.coordinator.period': 'PT1S',
    'druid.manager.segments.pollDuration': 'PT1S',
    'druid.manager.lookups.initialDelay': 100,
    'druid.manager.lookups.period': 1000,
    'druid.indexer.queue.startDelay': 'PT0S',
    // An overlord that runs tasks itself (`local`) cannot ask them how far they are, nor tell them to publish.
    'druid.indexer.runner.type': 'httpRemote',
  }),
  middleManager: (folder, size) => ({
    'druid.worker.capacity': 16,
    'druid.indexer.runner.javaOptsArray': JSON.stringify([`-Xmx${size.heapMb.peon}m`, ...machine(size, folder)]),
    'druid.server.http.numThreads': 20,
  }),
  historical: (folder) => ({
    'druid.segmentCache.locations': JSON.stringify([{ path: join(folder, 'segment-cache'), maxSize: '1g' }]),
    'druid.server.http.numThreads': 20,
  }),
  broker: () => ({
    'druid.sql.enable': 'true',
    'druid.sql.planner.metadataRefreshPeriod': 'PT1S',
    'druid.server.http.numThreads': 20,
  }),
  router: () => ({
    'druid.router.managementProxy.enabled': 'true',
    'druid.router.defaultBrokerServiceName': 'druid/broker',
    'druid.router.coordinatorServiceName': 'druid/coordinator',
    'druid.router.http.numConnections': 20,
    'druid.server.http.numThreads': 20,
  }),
};

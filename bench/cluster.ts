/**
 * What millrace adds to a cluster, on one machine with a real Druid 33 and a real Kafka, each beside theirs in the same run: pushes into
 * Kafka and Kafka's own ProducerPerformance, queries through the proxy and straight, promotion and Druid's own batch ingestion.
 */
import { DruidCluster } from '../test/services/druid/cluster.ts';
import type { ClusterSize } from '../test/services/druid/settings.ts';
import { KafkaBroker } from '../test/services/kafka/broker.ts';
import { promoteFigures } from './cluster-promote.ts';
import { livePromotionFigures } from './cluster-promote-live.ts';
import { proxyFigures } from './cluster-proxy.ts';
import { pushFigures } from './cluster-push.ts';
import type { Figure } from './report.ts';

export interface BenchCluster {
  readonly druid: DruidCluster;
  /** `host:port`. */
  readonly kafka: string;
}

const size: ClusterSize = {
  heapMb: { coordinator: 512, historical: 1024, broker: 1024, middleManager: 128, router: 256, peon: 1024 },
  directMb: 1024,
  bufferMb: 64,
  threads: 2,
  collector: 'G1',
};

export async function clusterBench(rounds: number): Promise<Figure[]> {
  const broker = await KafkaBroker.start({ forBench: true });
  try {
    const druid = await DruidCluster.start(size);
    try {
      const cluster = { druid, kafka: broker.bootstrapServers };
      const pushed = await pushFigures(cluster, rounds);
      const promoted = await promoteFigures(cluster);
      return [...pushed, ...(await proxyFigures(cluster)), ...promoted, ...(await livePromotionFigures(cluster))];
    } finally {
      await druid.stop();
    }
  } finally {
    await broker.stop();
  }
}

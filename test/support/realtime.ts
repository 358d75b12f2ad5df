/** A realtime node in a temporary folder, from a spec as people write it. */
import { firehoseSchema } from '../../src/sources/firehoses/index.ts';
import { loadJson } from '../../src/spec/load.ts';
import { readRealtimeSpecs } from '../../src/spec/realtime.ts';
import type { Event } from './backend.ts';

export interface RealtimeChanges {
  readonly dataSchema?: Event;
  readonly firehose?: unknown;
  readonly tuningConfig?: Event;
}

/** A dataSource `wikipedia` by the hour, from a receiver `wiki`. */
export const realtimeSpec = ({ dataSchema, firehose, tuningConfig }: RealtimeChanges = {}): Event => ({
  dataSchema: {
    dataSource: 'wikipedia',
    parser: {
      type: 'string',
      parseSpec: {
        format: 'json',
        timestampSpec: { column: 'timestamp', format: 'auto' },
        dimensionsSpec: { dimensions: ['page'] },
      },
    },
    metricsSpec: [{ type: 'count', name: 'count' }],
    granularitySpec: { type: 'uniform', segmentGranularity: 'HOUR', queryGranularity: 'NONE' },
    ...dataSchema,
  },
  ioConfig: {
    type: 'realtime',
    firehose: firehose ?? { type: 'receiver', serviceName: 'wiki' },
    plumber: { type: 'realtime' },
  },
  tuningConfig: { type: 'realtime', windowPeriod: 'PT10M', ...tuningConfig },
});

export const realtimeSpecs = (...specs: readonly Event[]) =>
  readRealtimeSpecs(loadJson(JSON.stringify(specs)), firehoseSchema);

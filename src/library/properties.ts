/** The `tranquility.*` properties of a Tranquility file. https://github.com/druid-io/tranquility/blob/master/docs/configuration.md */
import { z } from 'zod';
import { validate } from '../catalog/validate.ts';
import type { BatchLimits } from './batcher.ts';

/** A push tells of no more dropped events by their place than this. */
const mostEvents = 2000;

const count = z.coerce.number().int().min(1);
const schema = z.object({
  'tranquility.maxBatchSize': count.default(2000),
  'tranquility.maxPendingBatches': count.default(5),
  'tranquility.lingerMillis': z.coerce.number().int().min(-1).default(0),
  'tranquility.blockOnFull': z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .default(true),
});

/** Larger batches than millrace can answer for event by event are sent as several. */
export function readBatchLimits(properties: Readonly<Record<string, unknown>>): BatchLimits {
  const values = validate(schema, properties, { what: 'properties' });
  return {
    maxBatchSize: Math.min(values['tranquility.maxBatchSize'], mostEvents),
    maxPendingBatches: values['tranquility.maxPendingBatches'],
    lingerMillis: values['tranquility.lingerMillis'],
    blockOnFull: values['tranquility.blockOnFull'],
  };
}

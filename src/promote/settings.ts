/** What a promotion is asked for with, and what the store keeps of it. */
import { z } from 'zod';
import { validate } from '../catalog/validate.ts';

const properties = z.record(z.string(), z.string());

const schema = z.object({
  /** As `openDruid` and the Kafka client take them. */
  druid: z.object({ at: z.string(), properties: properties.optional() }),
  kafka: properties,
  /** Where Druid reaches this server, without a slash at the end. */
  address: z.url(),
  /** Metrics that the history does not take along. */
  without: z.array(z.string()).default([]),
});

export type PromotionSettings = z.infer<typeof schema>;

/** @throws MillraceError `invalidInput` with the place of a mistake. */
export const readSettings = (value: unknown): PromotionSettings => validate(schema, value, { what: 'promotion' });

/** Which events are too late or too early: `windowPeriod` and `rejectionPolicy` of a realtime `tuningConfig`. */
import { z } from 'zod';
import type { TypeIssueParams } from '../catalog/define.ts';
import { periodMillis } from '../catalog/period.ts';
import type { ClockWindow } from './data-source.ts';
import { oneOf, optional } from './lenient.ts';

/** An ISO 8601 period without months, as milliseconds. */
export const millisOfPeriod = z.string().transform((text, context): number => {
  const millis = periodMillis(text);
  if (millis !== undefined && millis >= 0) return millis;
  context.issues.push({
    code: 'custom',
    input: text,
    message: `expected an ISO 8601 period such as PT10M or P1D, got '${text}'`,
  });
  return z.NEVER;
});

const tenMinutes = 600_000;

/** `test` was there for Druid's own tests. */
const policyType = oneOf(['serverTime', 'messageTime', 'none', 'test']).transform((type, context) => {
  if (type !== 'test') return type;
  const message = "rejection policy 'test' is not supported; 'none' takes all events, too";
  context.issues.push({
    code: 'custom',
    message,
    params: { unsupported: true } satisfies TypeIssueParams,
    input: type,
  });
  return z.NEVER;
});

/** Anything else that a tuningConfig holds tunes what is not here. */
export const windowSchema = z
  .looseObject({
    windowPeriod: optional(millisOfPeriod),
    rejectionPolicy: optional(z.looseObject({ type: policyType })),
  })
  .transform(
    ({ windowPeriod, rejectionPolicy }): ClockWindow => ({
      policy: rejectionPolicy?.type ?? 'serverTime',
      periodMs: windowPeriod ?? tenMinutes,
      rule: 'event',
    }),
  );

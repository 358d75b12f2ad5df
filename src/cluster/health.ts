/** Whether Druid and Kafka can be reached. */
import { asMillraceError, MillraceError } from '../errors.ts';
import { pause } from '../waiting.ts';
import type { ClusterContext } from './context.ts';
import { unlessAborted } from './patience.ts';

/** One that does not answer this soon is as good as gone. */
const timeoutMs = 5_000;

type Probed = Pick<ClusterContext, 'druid' | 'kafka'>;

/** The troubles, one for each that cannot be reached. */
export async function probe({ druid, kafka }: Probed): Promise<MillraceError[]> {
  const asked = [
    ...(['broker', 'overlord'] as const).map((service) => druid.json(service, '/status/health', { timeoutMs })),
    kafka.metadata([]),
  ];
  const answers = await Promise.allSettled(asked);
  const failed = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => asMillraceError(reason));
  // A router that is away is so for each of its services.
  return [...new Map(failed.map((error) => [error.message, error])).values()];
}

/** How long a start waits for what may itself be starting. */
export const startPatienceMs = 30_000;
const pauseMs = 1_000;

/**
 * Waits until both can be reached. Rejects with what was tried: at once when waiting cannot help (a refused login), else when
 * the patience is over.
 */
export async function untilReachable(
  context: Probed & Pick<ClusterContext, 'log'>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (let told = ''; ; ) {
    const troubles = await unlessAborted(() => probe(context), signal, 'the start');
    const [first] = troubles;
    if (first === undefined) return;
    const lasting = troubles.find(({ code }) => code !== 'unavailable' && code !== 'timeout');
    if (lasting) throw lasting;
    const message = troubles.map((trouble) => trouble.message).join('; ');
    if (performance.now() + pauseMs > endMs) throw new MillraceError(first.code, message, { cause: first });
    if (message !== told) context.log.warn(`waiting for the cluster: ${message}`);
    told = message;
    await pause(pauseMs, signal);
  }
}

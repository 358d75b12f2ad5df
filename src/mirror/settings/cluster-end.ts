/** One side of a flow: which properties its connections have. */
import { MillraceError } from '../../errors.ts';
import { type KafkaProperties, openCluster } from '../../kafka/index.ts';
import type { ClusterEnd } from '../flow-settings.ts';
import { isOfAllClients, meaninglessness } from './client-properties.ts';
import type { Property, Remark, SettingsFile } from './settings-file.ts';

export interface EndOptions {
  readonly alias: string;
  /** `A->B` */
  readonly pair: string;
  readonly side: 'source' | 'target';
}

export interface ReadEnd extends ClusterEnd {
  /** `auto.offset.reset` of the consumer. */
  readonly offsetReset: Property | undefined;
  readonly remarks: readonly Remark[];
}

/**
 * Of MirrorMaker 2's file. What comes later counts: for all clusters, for this one, for reading or writing there, for the flow.
 * @throws MillraceError `invalidInput` or `unsupported` for a property that cannot be, with its line.
 */
export function readEnd(file: SettingsFile, { alias, pair, side }: EndOptions): ReadEnd {
  const role = side === 'source' ? 'consumer' : 'producer';
  const anything = () => true;
  const found = new Map([
    ...file.under('', isOfAllClients),
    ...file.under(`${alias}.`, isOfAllClients),
    ...file.under(`${alias}.${role}.`, anything),
    ...file.under(`${pair}.${side}.cluster.`, isOfAllClients),
    ...file.under(`${pair}.${role}.`, (name) => !name.startsWith('override.')),
    ...file.under(`${pair}.${side}.${role}.`, anything),
    ...(side === 'target' ? file.under(`${pair}.producer.override.`, anything) : []),
  ]);
  if (!found.get('bootstrap.servers')?.value.trim()) {
    const expected = `the addresses of the brokers of '${alias}', as host:port,host:port`;
    throw file.mistake(`${alias}.bootstrap.servers`, expected);
  }
  const remarks: Remark[] = [];
  const properties: Record<string, string> = {};
  for (const [name, { fullName, value }] of found) {
    if (name === 'auto.offset.reset') continue;
    const why = meaninglessness(name);
    if (why === undefined) properties[name] = value.trim();
    else remarks.push(file.remark(fullName, why));
  }
  checkProperties(properties, file, (name) => found.get(name)?.fullName);
  return { alias, properties, offsetReset: found.get('auto.offset.reset'), remarks };
}

/**
 * @param fullNameOf how a property is written in the file
 * @throws MillraceError what `openCluster` finds wrong, with its line.
 */
export function checkProperties(
  properties: KafkaProperties,
  file: SettingsFile,
  fullNameOf: (name: string) => string | undefined,
): void {
  try {
    openCluster(properties);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    const { property } = error.context;
    const place = file.placeOf(typeof property === 'string' ? fullNameOf(property) : undefined);
    throw new MillraceError(error.code, error.message, { place, cause: error });
  }
}

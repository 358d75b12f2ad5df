/** A client of a real Druid. https://druid.apache.org/docs/latest/api-reference/ */
import type { Logger } from '../observe/log.ts';
import { Druid } from './client.ts';
import { Finder } from './finder.ts';
import type { Ask } from './probe.ts';
import { textOf } from './request.ts';
import { type DruidSettings, readSettings } from './settings.ts';
import { Transport } from './transport.ts';

export type { Druid, JsonRequest } from './client.ts';
export { DruidError, refusalOf } from './errors.ts';
export { type DruidRequest, type DruidResponse, discard, textOf } from './request.ts';
export type { Service } from './servers.ts';
export type { DruidSettings } from './settings.ts';

const probeTimeoutMs = 5_000;

/**
 * Nothing is asked of Druid before the first request; a ZooKeeper is connected to at once.
 * @throws MillraceError `invalidInput` for a setting that cannot be, `environment` for a file that cannot be read.
 */
export function openDruid(settings: DruidSettings, log: Logger): Druid {
  const { places, login, tls } = readSettings(settings, log);
  const transport = new Transport(login, tls);
  const ask: Ask = async (server, path) => {
    const response = await transport.send(server, {
      method: 'GET',
      path,
      signal: AbortSignal.timeout(probeTimeoutMs),
    });
    const { status, headers } = response;
    return { status, location: headers.location, text: (await textOf(response)) ?? '' };
  };
  return new Druid(new Finder(places, ask), transport);
}

/** A client of a real Druid. https://druid.apache.org/docs/latest/api-reference/ */
import { Druid } from './client.ts';
import { userinfoLogin } from './login.ts';
import { parseUrls, routers } from './servers.ts';

export type { Druid, DruidRequest, DruidResponse, JsonRequest } from './client.ts';
export { DruidError } from './errors.ts';
export type { Service } from './servers.ts';

export interface DruidSettings {
  /** Where it is: a router's URL, or several with commas. User and password may stand in it. */
  readonly at: string;
  /** How to log in, as `--druid-config` has it. */
  readonly properties?: Readonly<Record<string, string>>;
}

/**
 * Nothing is connected before the first request.
 * @throws MillraceError `invalidInput` for a setting that cannot be.
 */
export function openDruid({ at }: DruidSettings): Druid {
  return new Druid({ servers: routers(parseUrls(at)), login: userinfoLogin });
}

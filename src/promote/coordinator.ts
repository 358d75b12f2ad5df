/** What a Druid's coordinator knows of segments. https://druid.apache.org/docs/latest/api-reference/data-management-api */
import { eternity, formatInterval } from '../catalog/time.ts';
import { type Druid, refusalOf, textOf } from '../druid/index.ts';

/** How many published segments of a dataSource no process serves yet. */
export async function unservedSegments(druid: Druid, dataSource: string, signal: AbortSignal): Promise<number> {
  const interval = encodeURIComponent(formatInterval(eternity));
  const response = await druid.request('coordinator', {
    method: 'GET',
    path: `/druid/coordinator/v1/datasources/${encodeURIComponent(dataSource)}/loadstatus?forceMetadataRefresh=true&simple=true&interval=${interval}`,
    signal,
  });
  if (response.status >= 400) throw await refusalOf('coordinator', response);
  const text = (await textOf(response)) ?? '';
  // Where it has no segments at all it says so in words, whatever its Content-Type says.
  return text.startsWith('{') ? Number(JSON.parse(text)[dataSource] ?? 0) : 0;
}

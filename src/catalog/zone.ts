/** Time zones by IANA name or fixed offset. */
import { type Sql, sql } from '../sql.ts';

const offsetPattern = /^([+-])(\d{2}):?(\d{2})$/;

/** The zone as the engine takes it. An unknown name is UTC, as Druid has it. */
export function canonicalZone(name: string): string {
  if (/^(z|utc|etc\/utc|gmt)$/i.test(name)) return 'UTC';
  const offset = offsetPattern.exec(name);
  if (offset) return offset[2] === '00' && offset[3] === '00' ? 'UTC' : `${offset[1]}${offset[2]}:${offset[3]}`;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** TIMESTAMP in UTC → TIMESTAMP on the zone's wall clock. */
export function toLocal(zone: string, time: Sql): Sql {
  if (zone === 'UTC') return time;
  const shift = fixedOffsetMinutes(zone);
  return shift === undefined ? sql`timezone(${zone}, timezone('UTC', ${time}))` : sql`(${time} + to_minutes(${shift}))`;
}

/** TIMESTAMP on the zone's wall clock → TIMESTAMP in UTC; the later one where the clock is turned back. */
export function fromLocal(zone: string, local: Sql): Sql {
  if (zone === 'UTC') return local;
  const shift = fixedOffsetMinutes(zone);
  return shift === undefined
    ? sql`timezone('UTC', timezone(${zone}, ${local}))`
    : sql`(${local} - to_minutes(${shift}))`;
}

/** A TIMESTAMP in UTC changed on the zone's wall clock. The offset stays what it was where the new time has it, as Joda does it. */
export function changeLocal(zone: string, time: Sql, change: (local: Sql) => Sql): Sql {
  if (zone === 'UTC' || fixedOffsetMinutes(zone) !== undefined) return fromLocal(zone, change(toLocal(zone, time)));
  const local = toLocal(zone, time);
  const changed = change(local);
  const kept = sql`(${changed} - (${local} - ${time}))`;
  return sql`CASE WHEN ${toLocal(zone, kept)} = ${changed} THEN ${kept} ELSE ${fromLocal(zone, changed)} END`;
}

/** Milliseconds to add to UTC to get the zone's wall clock at an instant. */
export function offsetMillis(zone: string, instantMs: number): number {
  const shift = fixedOffsetMinutes(zone);
  if (shift !== undefined) return shift * 60_000;
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(instantMs);
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(instantMs / 1000) * 1000;
}

function fixedOffsetMinutes(zone: string): number | undefined {
  const match = offsetPattern.exec(zone);
  return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : undefined;
}

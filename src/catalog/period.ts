/** ISO 8601 periods, as Joda-Time reads them. */

export interface Period {
  /** Years and months. */
  readonly months: number;
  /** Weeks and days. */
  readonly days: number;
  readonly millis: number;
}

const pattern =
  /^(-?)P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+)(?:[.,](\d{1,3})\d*)?S)?)?$/i;

/** `P1M`, `PT10M`, `P1DT12H`; undefined when the text is no period. */
export function parsePeriod(text: string): Period | undefined {
  const match = pattern.exec(text.trim());
  if (!match || /[PT]$/i.test(text.trim())) return undefined;
  const [sign, ...parts] = match.slice(1);
  const [years, months, weeks, days, hours, minutes, seconds] = parts.map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fraction = Number((parts[7] ?? '').padEnd(3, '0'));
  const factor = sign === '-' ? -1 : 1;
  return {
    months: factor * (years * 12 + months),
    days: factor * (weeks * 7 + days),
    millis: factor * (hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + fraction),
  };
}

/** Milliseconds of a period without months; undefined with months, whose length varies, or when the text is no period. */
export function periodMillis(text: string): number | undefined {
  const period = parsePeriod(text);
  return period && period.months === 0 ? period.days * 86_400_000 + period.millis : undefined;
}

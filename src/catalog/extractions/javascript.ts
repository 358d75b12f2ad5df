import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { defineExtraction, type TypeIssueParams } from '../define.ts';

/** A function of Metabase's native driver over the row's time, whatever its white space. */
interface KnownFunction {
  readonly text: RegExp;
  /** `offset` is the number in the text: how many days the week begins before Sunday. */
  compile(time: Sql, offset: number): Sql;
}

const date = /function\(timestamp\)\{vardate=newDate\(timestamp\);/.source;
const firstDay = /varfirstDOW=newDate\(date-\(\(?date\.getDay\(\)(?:\+(\d))?\)?\*86400000\)\);/.source;

const weekday = (time: Sql) => sql`CAST(date_part('dow', ${time}) AS INTEGER)`;
const weekStart = (time: Sql, offset: number) => sql`(${time} - to_days(${weekday(time)} + ${offset}))`;

const knownFunctions: readonly KnownFunction[] = [
  {
    text: new RegExp(
      `^${date}vardayOfWeek=\\(date\\.getDay\\(\\)\\+1\\+(\\d)\\)%7;return\\(dayOfWeek==0\\)\\?7:dayOfWeek;\\}$`,
    ),
    compile: (time, offset) => sql`CAST((${weekday(time)} + ${offset}) % 7 + 1 AS VARCHAR)`,
  },
  {
    text: new RegExp(
      `^${date}${firstDay}varmonth=firstDOW\\.getMonth\\(\\)\\+1;varday=firstDOW\\.getDate\\(\\);return''\\+firstDOW\\.getFullYear\\(\\)\\+'-'\\+\\(month<10\\?'0':''\\)\\+month\\+'-'\\+\\(day<10\\?'0':''\\)\\+day;\\}$`,
    ),
    compile: (time, offset) => sql`strftime(${weekStart(time, offset)}, '%Y-%m-%d')`,
  },
  {
    text: new RegExp(
      `^${date}${firstDay}vardayOfYear=\\(Date\\.UTC\\(firstDOW\\.getFullYear\\(\\),firstDOW\\.getMonth\\(\\),firstDOW\\.getDate\\(\\)\\)-Date\\.UTC\\(firstDOW\\.getFullYear\\(\\),0,0\\)\\)/24/60/60/1000;returnMath\\.floor\\(dayOfYear/7\\)\\+1;\\}$`,
    ),
    compile: (time, offset) =>
      sql`CAST(CAST(date_part('doy', ${weekStart(time, offset)}) AS INTEGER) // 7 + 1 AS VARCHAR)`,
  },
  {
    text: new RegExp(
      `^${date}varmonth=date\\.getMonth\\(\\)\\+1;varquarterMonth=month-\\(\\(month-1\\)%3\\);return''\\+date\\.getFullYear\\(\\)\\+'-'\\+\\(quarterMonth<10\\?'0':''\\)\\+quarterMonth\\+'-01';\\}$`,
    ),
    compile: (time) => sql`strftime(date_trunc('quarter', ${time}), '%Y-%m-%d')`,
  },
  {
    text: new RegExp(`^${date}returnMath\\.floor\\(\\(date\\.getMonth\\(\\)\\+3\\)/3\\);\\}$`),
    compile: (time) => sql`CAST(CAST(date_part('quarter', ${time}) AS INTEGER) AS VARCHAR)`,
  },
];

interface Spec {
  readonly type: 'javascript';
  readonly of: (time: Sql) => Sql;
}

const schema: z.ZodType<Spec> = z
  .object({ type: z.literal('javascript'), function: z.string(), injective: z.boolean().nullish() })
  .transform(({ type, function: text }, context): Spec => {
    for (const known of knownFunctions) {
      const match = known.text.exec(text.replaceAll(/\s+/g, ''));
      if (match) return { type, of: (time) => known.compile(time, Number(match[1] ?? 0)) };
    }
    const params: TypeIssueParams = { unsupported: true };
    const message = "JavaScript is not run; only the functions that Metabase's driver sends are known";
    context.issues.push({ code: 'custom', message, path: ['function'], params, input: text });
    return z.NEVER;
  });

const quarterOfYear =
  'function (timestamp) { var date = new Date(timestamp); return Math.floor((date.getMonth() + 3) / 3);}';
const dayOfWeek =
  'function (timestamp) { var date = new Date(timestamp); var dayOfWeek = (date.getDay() + 1 + 0) % 7; return (dayOfWeek == 0) ? 7 : dayOfWeek;}';

export default defineExtraction<Spec>({
  type: 'javascript',
  summary:
    "No JavaScript is run. The functions that Metabase's native driver sends for weeks and quarters are recognised by their text, and do what they say; others are refused.",
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#javascript-extraction-function',
  schema,
  compile: (spec, input) => spec.of(sql`TRY(make_timestamp_ms(TRY_CAST(${input} AS BIGINT)))`),
  compileTime: (spec, time) => spec.of(time),
  examples: [
    { spec: { type: 'javascript', function: quarterOfYear }, pairs: [['1520330220000', '1']] },
    { spec: { type: 'javascript', function: dayOfWeek }, pairs: [['1520330220000', '3']] },
  ],
});

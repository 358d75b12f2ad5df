/** INFORMATION_SCHEMA and `sys`, as clients ask them. https://druid.apache.org/docs/latest/querying/sql-metadata-tables */
import { differing, each, sql } from '../build.ts';
import type { Cases } from '../define.ts';

const cases = {
  schemata: 'SELECT * FROM INFORMATION_SCHEMA.SCHEMATA ORDER BY SCHEMA_NAME',
  tables:
    "SELECT * FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME IN ('edits', 'odd', 'wikipedia') OR TABLE_SCHEMA IN ('sys', 'INFORMATION_SCHEMA') ORDER BY TABLE_SCHEMA, TABLE_NAME",
  'columns of a dataSource':
    "SELECT * FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'druid' AND TABLE_NAME = 'odd' ORDER BY ORDINAL_POSITION",
  'columns of sketches':
    "SELECT COLUMN_NAME, DATA_TYPE, JDBC_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'edits' ORDER BY COLUMN_NAME",
  'columns of INFORMATION_SCHEMA':
    "SELECT * FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'INFORMATION_SCHEMA' ORDER BY TABLE_NAME, ORDINAL_POSITION",
  'columns of sys':
    "SELECT * FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'sys' AND TABLE_NAME <> 'servers' ORDER BY TABLE_NAME, ORDINAL_POSITION",
  'as Superset asks for columns':
    "SELECT COLUMN_NAME, JDBC_TYPE, IS_NULLABLE, COLUMN_DEFAULT FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'wikipedia' AND TABLE_SCHEMA = 'druid' ORDER BY \"ORDINAL_POSITION\"",
  'as Superset asks for tables':
    "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'druid' AND TABLE_NAME LIKE '%ped%'",
  'as the console asks for columns':
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME IN ('edits', 'odd') ORDER BY TABLE_NAME, COLUMN_NAME",
  'as the console asks for routines':
    "SELECT ROUTINE_NAME, IS_AGGREGATOR FROM INFORMATION_SCHEMA.ROUTINES WHERE SIGNATURES IS NOT NULL AND ROUTINE_NAME IN ('UPPER', 'SUM', 'RANK', 'TIME_FLOOR') ORDER BY ROUTINE_NAME",
  'a schema in other letters': 'SELECT COUNT(*) FROM INFORMATION_SCHEMA.tables',
  'an unknown schema': 'SELECT * FROM nowhere.TABLES',
  'an unknown table of sys': 'SELECT * FROM sys.segment',
  'names of the columns of segments':
    "SELECT COUNT(*) AS c, MIN(datasource) AS d, MAX(num_rows) AS n, SUM(is_overshadowed) AS o FROM sys.segments WHERE datasource = 'nothing'",
  'rows of a dataSource':
    "SELECT datasource, SUM(num_rows) AS num_rows, COUNT(*) FILTER (WHERE is_active = 1) AS segments, COUNT(*) FILTER (WHERE is_available = 0) AS lacking FROM sys.segments WHERE datasource = 'odd' GROUP BY 1",
  'intervals of segments':
    'SELECT "start", "end", num_rows, dimensions, metrics, last_compaction_state FROM sys.segments WHERE datasource = \'odd\' ORDER BY "start"',
  'as the console asks for segments': `WITH s AS (
      SELECT "segment_id", "datasource", "start", "end", "size", "version",
        CASE WHEN "start" LIKE '%-01-01T00:00:00.000Z' AND "end" LIKE '%-01-01T00:00:00.000Z' THEN 'Year'
          WHEN "start" LIKE '%-01T00:00:00.000Z' AND "end" LIKE '%-01T00:00:00.000Z' THEN 'Month'
          WHEN "start" LIKE '%T00:00:00.000Z' AND "end" LIKE '%T00:00:00.000Z' THEN 'Day'
          WHEN "start" LIKE '%:00:00.000Z' AND "end" LIKE '%:00:00.000Z' THEN 'Hour' ELSE 'Sub minute' END AS "time_span",
        CASE WHEN "shard_spec" LIKE '%"type":"numbered"%' THEN 'dynamic' WHEN "shard_spec" IS NULL THEN '-' ELSE 'x' END AS "partitioning",
        "partition_num", "num_rows"
      FROM sys.segments)
    SELECT "datasource", "time_span", "partitioning", "partition_num", COUNT(*) AS c FROM s WHERE "datasource" IN ('wikipedia', 'edits') GROUP BY 1, 2, 3, 4 ORDER BY 1`,
  'as the console asks for dataSources': `SELECT datasource, COUNT(*) FILTER (WHERE is_active = 1) AS num_segments,
      COUNT(*) FILTER (WHERE is_published = 1 AND is_overshadowed = 0 AND replication_factor = 0) AS num_zero_replica_segments,
      COUNT(*) FILTER (WHERE is_published = 1 AND is_overshadowed = 0 AND is_available = 0 AND replication_factor > 0) AS num_segments_to_load,
      COUNT(*) FILTER (WHERE is_available = 1 AND is_active = 0) AS num_segments_to_drop,
      COUNT(*) FILTER (WHERE is_active = 1 AND "start" LIKE '%-01-01T00:00:00.000Z' AND "end" LIKE '%-01-01T00:00:00.000Z') AS year_aligned_segments,
      MIN("num_rows") FILTER (WHERE is_available = 1) > 0 AS any_rows,
      SUM("num_rows") FILTER (WHERE is_active = 1) AS total_rows,
      CASE WHEN SUM("num_rows") FILTER (WHERE is_available = 1) <> 0 THEN 'some' ELSE NULL END AS avg_row_size
    FROM sys.segments WHERE datasource = 'wikipedia' GROUP BY 1`,
  'servers of segments':
    "SELECT COUNT(segments.segment_id) AS num_segments FROM sys.segments AS segments INNER JOIN sys.server_segments AS server_segments ON segments.segment_id = server_segments.segment_id INNER JOIN sys.servers AS servers ON servers.server = server_segments.server WHERE segments.datasource = 'odd' GROUP BY servers.server",
  'every column of a dataSource': 'SELECT * FROM wikipedia ORDER BY __time LIMIT 1',
  'as the console asks for servers': `SELECT "host", COUNT(*) FILTER (WHERE "server_type" = 'historical') AS historicals, MIN("tls_port") AS tls
    FROM sys.servers WHERE "server_type" = 'nothing' GROUP BY 1`,
  'as the console asks for tasks': `WITH tasks AS (SELECT "task_id", "group_id", "type", "datasource", "created_time", "location", "duration", "error_msg",
      CASE WHEN "error_msg" IN ('Shutdown request from user') THEN 'CANCELED' WHEN "status" = 'RUNNING' THEN "runner_status" ELSE "status" END AS "status"
      FROM sys.tasks)
    SELECT "task_id", "status", "duration" FROM tasks WHERE "datasource" = 'nothing' ORDER BY "created_time" DESC`,
  'as the console asks for supervisors':
    'SELECT "supervisor_id", "type", "source", "state", "detailed_state", "suspended" = 1 AS "suspended", CAST("healthy" AS BOOLEAN) AS healthy, "spec" FROM sys.supervisors WHERE "supervisor_id" = \'nothing\'',
  'counts of supervisors':
    'SELECT COUNT(*) FILTER (WHERE "suspended" = 0) AS "running", COUNT(*) FILTER (WHERE "suspended" = 1) AS "suspended" FROM sys.supervisors',
  'a table of the store and one of sys':
    "SELECT t.TABLE_NAME, COUNT(*) AS c FROM INFORMATION_SCHEMA.TABLES t JOIN sys.segments s ON s.datasource = t.TABLE_NAME WHERE t.TABLE_NAME = 'odd' GROUP BY 1",
};

const noRow = 'Druid 33 gives no row where aggregates of a system table find none';

export const sqlMetadataCases: Cases = differing(
  each(cases, (query) => sql(query)),
  { 'names of the columns of segments': noRow, 'counts of supervisors': noRow },
);

/**
 * What is asked and answered in Avatica, the protocol of Druid's JDBC driver, as its JSON has it.
 * https://calcite.apache.org/avatica/docs/json_reference.html
 */
import { z } from 'zod';

const connectionId = z.string();
const statementId = z.number().int();
const ofConnection = z.object({ connectionId });
const ofStatement = z.object({ connectionId, statementId });
const text = z.string().nullish();
/** -1, or nothing, leaves it to the server. */
const count = z.number().int().nullish();

/** A parameter's value: `type` is what a client's setter was called with, Avatica's `Rep`. */
const typedValue = z.object({ type: z.string(), value: z.unknown() }).nullable();
export type TypedValue = z.infer<typeof typedValue>;

export const requestSchema = z.discriminatedUnion('request', [
  ofConnection.extend({
    request: z.literal('openConnection'),
    info: z.record(z.string(), z.unknown()).nullish(),
  }),
  ofConnection.extend({ request: z.literal('closeConnection') }),
  ofConnection.extend({
    request: z.literal('connectionSync'),
    connProps: z.record(z.string(), z.unknown()).nullish(),
  }),
  ofConnection.extend({ request: z.literal('databaseProperties') }),
  ofConnection.extend({ request: z.literal('commit') }),
  ofConnection.extend({ request: z.literal('rollback') }),
  ofConnection.extend({ request: z.literal('createStatement') }),
  ofStatement.extend({ request: z.literal('closeStatement') }),
  ofConnection.extend({ request: z.literal('prepare'), sql: z.string(), maxRowCount: count }),
  ofStatement.extend({
    request: z.literal('prepareAndExecute'),
    sql: z.string(),
    maxRowCount: count,
    maxRowsTotal: count,
    maxRowsInFirstFrame: count,
  }),
  z.object({
    request: z.literal('execute'),
    statementHandle: z.object({ connectionId, id: statementId }),
    parameterValues: z.array(typedValue).nullish(),
    maxRowCount: count,
    firstFrameMaxSize: count,
  }),
  ofStatement.extend({ request: z.literal('fetch'), offset: z.number().int(), fetchMaxRowCount: count }),
  ofStatement.extend({ request: z.literal('syncResults'), offset: z.number().int() }),
  ofConnection.extend({ request: z.literal('getCatalogs') }),
  ofConnection.extend({ request: z.literal('getSchemas'), catalog: text, schemaPattern: text }),
  ofConnection.extend({ request: z.literal('getTableTypes') }),
  ofConnection.extend({
    request: z.literal('getTables'),
    catalog: text,
    schemaPattern: text,
    tableNamePattern: text,
    typeList: z.array(z.string()).nullish(),
  }),
  ofConnection.extend({
    request: z.literal('getColumns'),
    catalog: text,
    schemaPattern: text,
    tableNamePattern: text,
    columnNamePattern: text,
  }),
]);

export type AvaticaRequest = z.infer<typeof requestSchema>;

/** Rows, each of them JSON text of a list. */
export interface Frame {
  readonly offset: number;
  readonly done: boolean;
  readonly rows: readonly string[];
}

export interface ScalarType {
  readonly type: 'scalar';
  /** java.sql.Types */
  readonly id: number;
  readonly name: string;
  readonly rep: string;
}

export interface ArrayType {
  readonly type: 'array';
  readonly id: number;
  readonly name: 'ARRAY';
  readonly rep: 'ARRAY';
  readonly component: ScalarType;
}

export interface ColumnMetaData {
  readonly ordinal: number;
  readonly autoIncrement: boolean;
  readonly caseSensitive: boolean;
  readonly searchable: boolean;
  readonly currency: boolean;
  /** 1: may be null. */
  readonly nullable: number;
  readonly signed: boolean;
  readonly displaySize: number;
  readonly label: string;
  readonly columnName: string;
  readonly schemaName: string | null;
  readonly precision: number;
  readonly scale: number;
  readonly tableName: string | null;
  readonly catalogName: string | null;
  readonly type: ScalarType | ArrayType;
  readonly readOnly: boolean;
  readonly writable: boolean;
  readonly definitelyWritable: boolean;
  readonly columnClassName: string;
}

export interface Parameter {
  readonly signed: boolean;
  readonly precision: number;
  readonly scale: number;
  readonly parameterType: number;
  readonly typeName: string;
  readonly className: string;
  readonly name: string;
}

export interface Signature {
  readonly columns: readonly ColumnMetaData[];
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly cursorFactory: { readonly style: 'LIST' | 'ARRAY'; readonly clazz: null; readonly fieldNames: null };
  readonly statementType: 'SELECT';
}

export interface ResultSet {
  readonly response: 'resultSet';
  readonly connectionId: string;
  readonly statementId: number;
  readonly ownStatement: boolean;
  readonly signature: Signature;
  readonly firstFrame: Frame;
  readonly updateCount: number;
}

export type AvaticaResponse =
  | ResultSet
  | { readonly response: 'openConnection' | 'closeConnection' | 'closeStatement' | 'commit' | 'rollback' }
  | { readonly response: 'connectionSync'; readonly connProps: Readonly<Record<string, unknown>> }
  | { readonly response: 'databaseProperties'; readonly map: Readonly<Record<string, never>> }
  | { readonly response: 'createStatement'; readonly connectionId: string; readonly statementId: number }
  | {
      readonly response: 'prepare';
      readonly statement: { readonly connectionId: string; readonly id: number; readonly signature: Signature };
    }
  | { readonly response: 'executeResults'; readonly missingStatement: false; readonly results: readonly [ResultSet] }
  | {
      readonly response: 'fetch';
      readonly frame: Frame;
      readonly missingStatement: false;
      readonly missingResults: false;
    }
  | { readonly response: 'syncResults'; readonly missingStatement: false; readonly moreResults: boolean };

export interface ErrorAnswer {
  readonly response: 'error';
  readonly exceptions: readonly string[];
  readonly errorMessage: string;
  /** 1: there is no such connection. */
  readonly errorCode: 1 | -1;
  readonly sqlState: string;
  readonly severity: 'ERROR' | 'UNKNOWN';
}

/** What is sent. */
export type Answered = (AvaticaResponse | ErrorAnswer) & {
  readonly rpcMetadata: { readonly response: 'rpcMetadata'; readonly serverAddress: string };
};

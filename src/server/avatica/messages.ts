/** Avatica's messages. https://calcite.apache.org/avatica/docs/protobuf_reference.html */
import type { Field, Message } from './wire.ts';

const string = (number: number): Field => ({ number, type: 'string' });
const bool = (number: number): Field => ({ number, type: 'bool' });
const uint32 = (number: number): Field => ({ number, type: 'uint32' });
const uint64 = (number: number): Field => ({ number, type: 'uint64' });
const one = (number: number, message: () => Message): Field => ({ number, type: message });
const list = (field: Field): Field => ({ ...field, repeated: true });
const names = (number: number, text: string): Field => ({ number, type: { names: text.trim().split(/\s+/) } });

const reps = `PRIMITIVE_BOOLEAN PRIMITIVE_BYTE PRIMITIVE_CHAR PRIMITIVE_SHORT PRIMITIVE_INT PRIMITIVE_LONG PRIMITIVE_FLOAT PRIMITIVE_DOUBLE
  BOOLEAN BYTE CHARACTER SHORT INTEGER LONG FLOAT DOUBLE JAVA_SQL_TIME JAVA_SQL_TIMESTAMP JAVA_SQL_DATE JAVA_UTIL_DATE BYTE_STRING STRING
  NUMBER OBJECT NULL BIG_INTEGER BIG_DECIMAL ARRAY STRUCT MULTISET`;

export const wireMessage: Message = { name: string(1), wrappedMessage: { number: 2, type: 'bytes' } };

const typedValue: Message = {
  type: names(1, reps),
  boolValue: bool(2),
  stringValue: string(3),
  numberValue: { number: 4, type: 'sint64' },
  doubleValue: { number: 6, type: 'double' },
  null: bool(7),
};

const columnValue: Message = {
  arrayValue: list(one(2, () => typedValue)),
  hasArrayValue: bool(3),
  scalarValue: one(4, () => typedValue),
};
const row: Message = { value: list(one(1, () => columnValue)) };
const frame: Message = { offset: uint64(1), done: bool(2), rows: list(one(3, () => row)) };

const avaticaType: Message = {
  id: uint32(1),
  name: string(2),
  rep: names(3, reps),
  component: one(5, () => avaticaType),
};
const columnMetaData: Message = {
  ordinal: uint32(1),
  autoIncrement: bool(2),
  caseSensitive: bool(3),
  searchable: bool(4),
  currency: bool(5),
  nullable: uint32(6),
  signed: bool(7),
  displaySize: uint32(8),
  label: string(9),
  columnName: string(10),
  schemaName: string(11),
  precision: uint32(12),
  scale: uint32(13),
  tableName: string(14),
  catalogName: string(15),
  readOnly: bool(16),
  writable: bool(17),
  definitelyWritable: bool(18),
  columnClassName: string(19),
  type: one(20, () => avaticaType),
};
const parameter: Message = {
  signed: bool(1),
  precision: uint32(2),
  scale: uint32(3),
  parameterType: uint32(4),
  typeName: string(5),
  className: string(6),
  name: string(7),
};
const signature: Message = {
  columns: list(one(1, () => columnMetaData)),
  sql: string(2),
  parameters: list(one(3, () => parameter)),
  cursorFactory: one(4, () => ({ style: names(1, 'OBJECT RECORD RECORD_PROJECTION ARRAY LIST MAP') })),
};
const statementHandle: Message = { connectionId: string(1), id: uint32(2), signature: one(3, () => signature) };
const connectionProperties: Message = {
  isDirty: bool(1),
  autoCommit: bool(2),
  hasAutoCommit: bool(7),
  readOnly: bool(3),
  hasReadOnly: bool(8),
  transactionIsolation: uint32(4),
  catalog: string(5),
  schema: string(6),
};

const ofConnection: Message = { connectionId: string(1) };
const ofStatement: Message = { connectionId: string(1), statementId: uint32(2) };

/** By the name in the JSON of the same: that in Protobuf, and its message. */
export const requests: Readonly<Record<string, readonly [string, Message]>> = {
  openConnection: [
    'OpenConnection',
    { ...ofConnection, info: list(one(2, () => ({ key: string(1), value: string(2) }))) },
  ],
  closeConnection: ['CloseConnection', ofConnection],
  connectionSync: ['ConnectionSync', { ...ofConnection, connProps: one(2, () => connectionProperties) }],
  databaseProperties: ['DatabaseProperty', ofConnection],
  commit: ['Commit', ofConnection],
  rollback: ['Rollback', ofConnection],
  createStatement: ['CreateStatement', ofConnection],
  closeStatement: ['CloseStatement', ofStatement],
  prepare: ['Prepare', { ...ofConnection, sql: string(2) }],
  prepareAndExecute: [
    'PrepareAndExecute',
    {
      ...ofConnection,
      sql: string(2),
      maxRowCount: uint64(3),
      statementId: uint32(4),
      maxRowsTotal: uint64(5),
      maxRowsInFirstFrame: uint32(6),
    },
  ],
  execute: [
    'Execute',
    {
      statementHandle: one(1, () => statementHandle),
      parameterValues: list(one(2, () => typedValue)),
      firstFrameMaxSize: uint32(5),
    },
  ],
  fetch: ['Fetch', { ...ofStatement, offset: uint64(3), fetchMaxRowCount: uint32(5) }],
  syncResults: ['SyncResults', { ...ofStatement, offset: uint64(4) }],
  getCatalogs: ['Catalogs', ofConnection],
  getSchemas: ['Schemas', { catalog: string(1), schemaPattern: string(2), connectionId: string(3) }],
  getTableTypes: ['TableTypes', ofConnection],
  getTables: [
    'Tables',
    {
      catalog: string(1),
      schemaPattern: string(2),
      tableNamePattern: string(3),
      typeList: list(string(4)),
      connectionId: string(7),
    },
  ],
  getColumns: [
    'Columns',
    {
      catalog: string(1),
      schemaPattern: string(2),
      tableNamePattern: string(3),
      columnNamePattern: string(4),
      connectionId: string(5),
    },
  ],
};

const rpcMetadata = (number: number): Field => one(number, () => ({ serverAddress: string(1) }));

const resultSet: Message = {
  connectionId: string(1),
  statementId: uint32(2),
  ownStatement: bool(3),
  signature: one(4, () => signature),
  firstFrame: one(5, () => frame),
  updateCount: uint64(6),
};

export const responses: Readonly<Record<string, readonly [string, Message]>> = {
  openConnection: ['OpenConnection', { rpcMetadata: rpcMetadata(1) }],
  closeConnection: ['CloseConnection', { rpcMetadata: rpcMetadata(1) }],
  closeStatement: ['CloseStatement', { rpcMetadata: rpcMetadata(1) }],
  commit: ['Commit', {}],
  rollback: ['Rollback', {}],
  connectionSync: ['ConnectionSync', { connProps: one(1, () => connectionProperties), rpcMetadata: rpcMetadata(2) }],
  databaseProperties: ['DatabaseProperty', { rpcMetadata: rpcMetadata(2) }],
  createStatement: ['CreateStatement', { ...ofStatement, rpcMetadata: rpcMetadata(3) }],
  prepare: ['Prepare', { statement: one(1, () => statementHandle), rpcMetadata: rpcMetadata(2) }],
  executeResults: [
    'Execute',
    { results: list(one(1, () => resultSet)), missingStatement: bool(2), rpcMetadata: rpcMetadata(3) },
  ],
  resultSet: ['ResultSet', { ...resultSet, rpcMetadata: rpcMetadata(7) }],
  fetch: [
    'Fetch',
    { frame: one(1, () => frame), missingStatement: bool(2), missingResults: bool(3), rpcMetadata: rpcMetadata(4) },
  ],
  syncResults: ['SyncResults', { missingStatement: bool(1), moreResults: bool(2), rpcMetadata: rpcMetadata(3) }],
  error: [
    'Error',
    {
      exceptions: list(string(1)),
      hasExceptions: bool(7),
      errorMessage: string(2),
      severity: names(3, 'UNKNOWN FATAL ERROR WARNING'),
      errorCode: uint32(4),
      sqlState: string(5),
      rpcMetadata: rpcMetadata(6),
    },
  ],
};

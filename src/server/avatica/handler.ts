/** Avatica's requests, answered. Not supported: batches and what else changes data, as in Druid. */
import type { QueryingBackend } from '../../backend.ts';
import { MillraceError } from '../../errors.ts';
import { type Connection, Connections } from './connections.ts';
import { metadataQuery } from './metadata.ts';
import { parameterOf } from './parameters.ts';
import type { AvaticaRequest, AvaticaResponse, ResultSet } from './protocol.ts';
import { signatureOf } from './signature.ts';
import type { Client, Executed, SqlRequest } from './statement.ts';

export class AvaticaHandler {
  readonly #backend: QueryingBackend;
  readonly #connections: Connections;

  constructor(backend: QueryingBackend) {
    this.#backend = backend;
    this.#connections = new Connections(backend);
  }

  async answer(request: AvaticaRequest, client: Client): Promise<AvaticaResponse> {
    if (request.request === 'openConnection') {
      await this.#connections.open(request.connectionId, request.info ?? {});
      return { response: 'openConnection' };
    }
    if (request.request === 'closeConnection') {
      await this.#connections.close(request.connectionId);
      return { response: 'closeConnection' };
    }
    const id = request.request === 'execute' ? request.statementHandle.connectionId : request.connectionId;
    return this.#connections.use(id, (connection) => this.#inConnection(connection, request, client));
  }

  close(): Promise<void> {
    return this.#connections.closeAll();
  }

  async #inConnection(
    connection: Connection,
    request: Exclude<AvaticaRequest, { request: 'openConnection' | 'closeConnection' }>,
    client: Client,
  ): Promise<AvaticaResponse> {
    const { id: connectionId } = connection;
    switch (request.request) {
      case 'connectionSync':
        return { response: 'connectionSync', connProps: request.connProps ?? {} };
      case 'databaseProperties':
        return { response: 'databaseProperties', map: {} };
      case 'commit':
      case 'rollback':
        return { response: request.request };
      case 'createStatement':
        return { response: 'createStatement', connectionId, statementId: connection.createStatement().id };
      case 'closeStatement':
        await connection.closeStatement(request.statementId);
        return { response: 'closeStatement' };
      case 'prepare':
        return this.#prepare(connection, request.sql, client);
      case 'prepareAndExecute':
        return this.#execute(connection, request.statementId, {
          request: { query: request.sql },
          maxRows: request.maxRowsTotal ?? request.maxRowCount,
          firstFrameRows: request.maxRowsInFirstFrame,
          client,
        });
      case 'execute': {
        const { id } = request.statementHandle;
        const query = connection.statement(id).preparedSql;
        if (query === undefined) throw new MillraceError('invalidInput', `statement ${id} has not been prepared`);
        return this.#execute(connection, id, {
          request: { query, parameters: (request.parameterValues ?? []).map(parameterOf) },
          maxRows: request.maxRowCount,
          firstFrameRows: request.firstFrameMaxSize,
          client,
        });
      }
      case 'fetch': {
        const statement = connection.statement(request.statementId);
        const frame = await statement.fetch(request.offset, request.fetchMaxRowCount ?? -1, client);
        if (!frame) throw new MillraceError('invalidInput', `statement ${statement.id} has not been executed`);
        return { response: 'fetch', frame, missingStatement: false, missingResults: false };
      }
      case 'syncResults': {
        const moreResults = await connection.statement(request.statementId).moreAt(request.offset, client);
        if (moreResults === undefined)
          throw new MillraceError('invalidInput', `Requested offset[${request.offset}] does not match currentOffset`);
        return { response: 'syncResults', missingStatement: false, moreResults };
      }
      default:
        return this.#metadata(connection, metadataQuery(request), client);
    }
  }

  async #prepare(connection: Connection, sql: string, client: Client): Promise<AvaticaResponse> {
    const { columns, parameters } = await this.#backend.prepareSql({ query: sql }, client);
    const statement = connection.createStatement();
    statement.preparedSql = sql;
    const signature = signatureOf(sql, columns, 'ARRAY', parameters);
    return { response: 'prepare', statement: { connectionId: connection.id, id: statement.id, signature } };
  }

  async #execute(
    connection: Connection,
    statementId: number,
    { request, maxRows, firstFrameRows, client }: Asked,
  ): Promise<AvaticaResponse> {
    const execution = { request, maxRows: limit(maxRows), firstFrameRows: firstFrameRows ?? -1 };
    const executed = await connection.statement(statementId).execute(execution, client);
    const results = resultSet(connection, statementId, request.query, executed);
    return { response: 'executeResults', missingStatement: false, results: [results] };
  }

  async #metadata(connection: Connection, request: SqlRequest, client: Client): Promise<AvaticaResponse> {
    const statement = connection.createStatement();
    try {
      const executed = await statement.execute({ request, maxRows: Infinity, firstFrameRows: -1 }, client);
      return resultSet(connection, statement.id, request.query, executed);
    } finally {
      await connection.closeStatement(statement.id);
    }
  }
}

interface Asked {
  readonly request: SqlRequest;
  readonly maxRows: number | null | undefined;
  readonly firstFrameRows: number | null | undefined;
  readonly client: Client;
}

/** To JDBC both -1 and 0 mean all rows. */
const limit = (rows: number | null | undefined) => (rows && rows > 0 ? rows : Infinity);

const resultSet = (connection: Connection, statementId: number, sql: string, executed: Executed): ResultSet => ({
  response: 'resultSet',
  connectionId: connection.id,
  statementId,
  ownStatement: false,
  signature: signatureOf(sql, executed.columns, 'LIST'),
  firstFrame: executed.firstFrame,
  updateCount: -1,
});

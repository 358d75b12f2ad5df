import type { DuckDBDataChunk, DuckDBMaterializedResult } from '@duckdb/node-api';

/** Without the way to the engine and back that the client takes for each. */
export function* chunksOf(result: DuckDBMaterializedResult): Generator<DuckDBDataChunk, void, void> {
  for (let index = 0; index < result.chunkCount; index++) yield result.getChunk(index);
}

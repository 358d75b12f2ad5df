/** millrace as a library: `import { openMillrace, createTranquilizer } from 'millrace'`. */
export type {
  DroppedEvent,
  DropReason,
  ParseError,
  PushOutcome,
  Reject,
  SupervisorError,
  SupervisorReport,
  TaskStats,
} from './backend.ts';
export { type ErrorCode, MillraceError, type Place } from './errors.ts';
export { BufferFullError, MessageDroppedError } from './library/errors.ts';
export {
  type ClusterOptions,
  type Events,
  type FolderOptions,
  type Millrace,
  type MillraceOptions,
  openMillrace,
} from './library/millrace.ts';
export type { StreamSupervisor } from './library/stream-supervisor.ts';
export {
  createTranquilizer,
  type Tranquilizer,
  type TranquilizerConfig,
  type TranquilizerCounts,
} from './library/tranquilizer.ts';

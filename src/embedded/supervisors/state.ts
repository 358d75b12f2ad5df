/** A supervisor's states. https://druid.apache.org/docs/latest/ingestion/supervisor#status-report */
import type { SupervisorState } from '../../backend.ts';

/** Stages of the first look; all later ones are RUNNING. */
export type Phase = 'PENDING' | 'CONNECTING_TO_STREAM' | 'DISCOVERING_INITIAL_TASKS' | 'CREATING_TASKS' | 'RUNNING';

export type DetailedState =
  | Phase
  | 'IDLE'
  | 'SUSPENDED'
  | 'STOPPING'
  | 'UNABLE_TO_CONNECT_TO_STREAM'
  | 'LOST_CONTACT_WITH_STREAM'
  | 'UNHEALTHY_SUPERVISOR'
  | 'UNHEALTHY_TASKS';

export interface StateFacts {
  readonly phase: Phase;
  readonly isStopping: boolean;
  readonly isSuspended: boolean;
  readonly isIdle: boolean;
  /** Whether the stream ever answered. */
  readonly hasConnected: boolean;
  readonly streamFails: boolean;
  readonly supervisorFails: boolean;
  readonly tasksFail: boolean;
}

/** Told at the first failure, where Druid waits for three in a row. */
export function detailedState(facts: StateFacts): DetailedState {
  if (facts.isStopping) return 'STOPPING';
  if (facts.isSuspended) return 'SUSPENDED';
  if (facts.streamFails) return facts.hasConnected ? 'LOST_CONTACT_WITH_STREAM' : 'UNABLE_TO_CONNECT_TO_STREAM';
  if (facts.supervisorFails) return 'UNHEALTHY_SUPERVISOR';
  if (facts.tasksFail) return 'UNHEALTHY_TASKS';
  return facts.isIdle ? 'IDLE' : facts.phase;
}

export function stateOf(detailed: DetailedState): SupervisorState {
  switch (detailed) {
    case 'UNABLE_TO_CONNECT_TO_STREAM':
    case 'LOST_CONTACT_WITH_STREAM':
      return 'UNHEALTHY_SUPERVISOR';
    case 'CONNECTING_TO_STREAM':
    case 'DISCOVERING_INITIAL_TASKS':
    case 'CREATING_TASKS':
      return 'RUNNING';
    default:
      return detailed;
  }
}

export const isHealthy = (state: SupervisorState): boolean => !state.startsWith('UNHEALTHY');

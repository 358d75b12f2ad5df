/**
 * Every error that millrace answers with. One catalogue: a code, who should act, an HTTP status, and a message that
 * says what was wrong, where, and what to do. `toJSON` gives Druid's error shape.
 * https://druid.apache.org/docs/latest/querying/troubleshooting
 */

export type Persona = 'USER' | 'ADMIN' | 'OPERATOR' | 'DEVELOPER';

interface ErrorKind {
  readonly category: string;
  readonly status: number;
  readonly persona: Persona;
}

/** Code → Druid's category, HTTP status, and the one who should act. */
export const errorKinds = {
  invalidInput: { category: 'INVALID_INPUT', status: 400, persona: 'USER' },
  unauthorized: { category: 'UNAUTHORIZED', status: 401, persona: 'OPERATOR' },
  forbidden: { category: 'FORBIDDEN', status: 403, persona: 'OPERATOR' },
  notFound: { category: 'NOT_FOUND', status: 404, persona: 'USER' },
  tooLarge: { category: 'INVALID_INPUT', status: 413, persona: 'USER' },
  unsupportedMediaType: { category: 'INVALID_INPUT', status: 415, persona: 'USER' },
  conflict: { category: 'INVALID_INPUT', status: 409, persona: 'USER' },
  unsupported: { category: 'UNSUPPORTED', status: 501, persona: 'USER' },
  capacityExceeded: { category: 'CAPACITY_EXCEEDED', status: 429, persona: 'OPERATOR' },
  bufferFull: { category: 'CAPACITY_EXCEEDED', status: 503, persona: 'OPERATOR' },
  unavailable: { category: 'RUNTIME_FAILURE', status: 503, persona: 'OPERATOR' },
  /** A stream does not have the position that is wanted; `context.lost` holds LostPositions. */
  positionLost: { category: 'RUNTIME_FAILURE', status: 500, persona: 'OPERATOR' },
  timeout: { category: 'TIMEOUT', status: 504, persona: 'OPERATOR' },
  cancelled: { category: 'CANCELED', status: 500, persona: 'OPERATOR' },
  runtimeFailure: { category: 'RUNTIME_FAILURE', status: 500, persona: 'OPERATOR' },
  environment: { category: 'RUNTIME_FAILURE', status: 500, persona: 'OPERATOR' },
  defect: { category: 'DEFENSIVE', status: 500, persona: 'DEVELOPER' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** Where in a text a mistake stands. Lines and columns count from 1. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** JSON path such as `$.dataSchema.metricsSpec[0].type`. */
  readonly path?: string;
}

export interface ErrorDetails {
  readonly place?: Place;
  readonly cause?: unknown;
  /** Seconds after which a retry makes sense; sent as Retry-After. */
  readonly retryAfterSeconds?: number;
  /** More facts for machines; goes to `context` of the answer. */
  readonly context?: Readonly<Record<string, unknown>>;
}

export class MillraceError extends Error {
  readonly code: ErrorCode;
  readonly place: Place | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(details.place ? `${formatPlace(details.place)}: ${message}` : message, { cause: details.cause });
    this.name = 'MillraceError';
    this.code = code;
    this.place = details.place;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.context = details.context ?? {};
  }

  get status(): number {
    return errorKinds[this.code].status;
  }

  toJSON(): Record<string, unknown> {
    const kind = errorKinds[this.code];
    return {
      // Older clients look for these two texts in `error`.
      error:
        this.code === 'timeout' ? 'Query timeout' : this.code === 'cancelled' ? 'Query cancelled' : 'druidException',
      errorCode: this.code,
      persona: kind.persona,
      category: kind.category,
      errorMessage: this.message,
      context: { ...this.context, ...(this.place ? { place: this.place } : {}) },
    };
  }
}

export function formatPlace(place: Place): string {
  const at = [
    place.file,
    place.line === undefined
      ? undefined
      : `line ${place.line}${place.column === undefined ? '' : ` column ${place.column}`}`,
    place.path,
  ];
  return at.filter((part) => part !== undefined).join(', ');
}

export const invalidInput = (message: string, details?: ErrorDetails) =>
  new MillraceError('invalidInput', message, details);
export const unsupported = (message: string, details?: ErrorDetails) =>
  new MillraceError('unsupported', message, details);
export const notFound = (message: string, details?: ErrorDetails) => new MillraceError('notFound', message, details);

/** Any thrown value as a MillraceError; what is not one is a defect of ours. */
export function asMillraceError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MillraceError('defect', message, { cause: error });
}

/** The nearest of the right words, for «did you mean»; undefined when none is near. */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance in which swapping two neighbours is one step, or `limit` when it is at least that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min((previous[j] as number) + 1, (current[j - 1] as number) + 1, substitution);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) distance = Math.min(distance, (beforeLast[j - 2] as number) + 1);
      current.push(distance);
    }
    beforeLast = previous;
    previous = current;
  }
  return Math.min(previous[b.length] as number, limit);
}

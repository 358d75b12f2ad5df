import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Aborts on the first Ctrl-C or SIGTERM; a second one ends the process at once, with the code that shells expect. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of signals) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
      controller.abort();
    });
  }
  return controller.signal;
}

/** From the most to the least. A file of its own, because a command's `--help` must not load the logger. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

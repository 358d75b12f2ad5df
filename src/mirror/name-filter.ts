import type { NameFilter } from './flow-settings.ts';

export const passes = ({ include, exclude }: NameFilter, name: string): boolean =>
  include.test(name) && !exclude.some((pattern) => pattern.test(name));

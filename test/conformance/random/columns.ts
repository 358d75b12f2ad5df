/** The columns of the random rows by type, and values to look for in them. */
import { tags, words } from './rows.ts';

export const textColumns = ['s', 'k'] as const;
export const numberColumns = ['l', 'big', 'd', 'f'] as const;
export const allColumns = [...textColumns, 'm', ...numberColumns, '__time', 'nothing'] as const;

export const texts = [...new Set([...words, ...tags, 'one', 'two', '10', 'zz'])].filter((word) => word !== null);
export const numbers = [0, 1, -1, 7, -20, 20, 0.5, -12.25, 100, 1_000_003];
export const intervals = [
  '2024-10-01/2025-01-01',
  '2024-10-26T22:00:00Z/2024-10-27T03:00:00Z',
  '2024-10-25/2024-10-29',
  '2024-10-27T12:34:56Z/2024-12-02T11:00:00Z',
  '2024-11-10/2024-11-20',
] as const;

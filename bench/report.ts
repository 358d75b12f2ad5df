/** What a bench found: figures, each with its goal, as a table for people and as JSON for machines. */
import { writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Undefined: shown only. */
  readonly goal?: { readonly atLeast: number } | { readonly atMost: number };
}

function isReached({ value, goal }: Figure): boolean | undefined {
  if (goal === undefined) return undefined;
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}

export function printReport(title: string, figures: readonly Figure[], jsonFile: string | undefined): void {
  const rows = figures.map((figure) => [
    figure.name,
    formatValue(figure.value, figure.unit),
    formatGoal(figure),
    verdict(figure),
  ]);
  const all = [['', 'measured', 'goal', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] as string).length)));
  console.log(`\n${title} (${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB)\n`);
  for (const row of all) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
    );
    console.log(cells.join('  ').trimEnd());
  }
  if (jsonFile !== undefined) {
    const result = {
      bench: title,
      at: new Date().toISOString(),
      cores: availableParallelism(),
      figures: figures.map((figure) => ({ ...figure, reached: isReached(figure) })),
    };
    writeFileSync(jsonFile, `${JSON.stringify(result, null, 2)}\n`);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

function formatValue(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })} ${unit}`.trim();
}

function formatGoal({ goal, unit }: Figure): string {
  if (goal === undefined) return '';
  return 'atLeast' in goal ? `≥ ${formatValue(goal.atLeast, unit)}` : `≤ ${formatValue(goal.atMost, unit)}`;
}

function verdict(figure: Figure): string {
  const reached = isReached(figure);
  return reached === undefined ? '' : reached ? 'reached' : 'MISSED';
}

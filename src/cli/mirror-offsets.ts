/** `millrace mirror offsets`: where a group of the source would go on on the target. */
import { Command } from 'commander';
import { addFlowOptions } from './mirror-options.ts';
import { exitCodes } from './options.ts';
import type { OffsetsFlags } from './print-mirror-offsets.ts';

export function mirrorOffsetsCommand(): Command {
  return addFlowOptions(new Command('offsets'))
    .description("a group's offsets at the source, and what they are on the target")
    .requiredOption('--group <id>', 'consumer group of the source')
    .option('--topic <name>', 'one topic of the source; all that the group reads by default')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `\nExit codes: ${exitCodes.ok} printed, ${exitCodes.failed} failed, ${exitCodes.usage} wrong usage.`,
    )
    .action(async (file: string | undefined, flags: OffsetsFlags) => {
      const { printOffsets } = await import('./print-mirror-offsets.ts');
      await printOffsets(file, flags);
    });
}

import { newestCheckpoint } from '../../../handlers/queries/checkpoint.ts';
import { textFlag } from '../flags.ts';
import { lines, verbatim, type VerbCode } from '../verb.ts';

export const ledgerCheckpoint: VerbCode = {
  flags: [{ flags: '-o, --output <file>', summary: 'file for the signed note, whole or not at all; - is standard output' }],
  examples: ['sleeve-ledger ledger checkpoint', 'sleeve-ledger ledger checkpoint -o newest.checkpoint'],
  writes: false,
  run: async (context, { flags }) => {
    const file = textFlag(flags, 'output');
    const { position, ...result } = await newestCheckpoint((await context.reading()).ports);
    const { checkpoint, treeSize } = result;
    if (file === null) return { result, position, people: [verbatim(checkpoint)] };
    await context.tools.files.writeWhole(file, checkpoint);
    return { result: { ...result, file }, position, people: [lines(`Wrote ${file}: the checkpoint over ${treeSize} events.`)] };
  },
};

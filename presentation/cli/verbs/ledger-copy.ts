import { copyInto } from '../../../handlers/commands/copy-ledger.ts';
import { requiredFlag, textFlag } from '../flags.ts';
import { heading, lines, type VerbCode } from '../verb.ts';

export const ledgerCopy: VerbCode = {
  flags: [
    { flags: '--from <store>', summary: 'ledger to copy (default: --store)' },
    { flags: '--to <store>', summary: 'empty store, or one that holds a beginning of the same ledger', required: true },
  ],
  examples: ["sleeve-ledger ledger copy --from ledger.sqlite --to 'esdb://ops@ledger.example.com:2113'"],
  writes: false,
  run: async (context, { flags }) => {
    const from = textFlag(flags, 'from') ?? context.settings.store;
    const { ledgerId, position, ...result } = await copyInto(context, from, requiredFlag(flags, 'to'), context.signal);
    const { keyFile, witness } = result;
    return {
      result,
      ledgerId,
      position,
      warnings: result.fenced ? [] : ['the source has no lock that keeps writers out: what was written to it after the copy is not in it'],
      people: [
        heading(
          `${result.events} events and ${result.artifacts} artifacts copied, ${result.alreadyThere} events were there: ` +
            `${result.size} in all`,
        ),
        lines(
          `Root of ${result.from}: ${result.root}`,
          `Root of ${result.to}: ${result.targetRoot}`,
          `The copy signs with the same key: give it --key ${keyFile} --witness ${witness}.`,
          'Write to one of the two from now on, never to both: two different futures of one ledger are a split view.',
        ),
      ],
    };
  },
};

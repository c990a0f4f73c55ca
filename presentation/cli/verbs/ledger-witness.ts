import { nameWitness } from '../../../handlers/commands/name-witness.ts';
import { requiredFlag } from '../flags.ts';
import { lines, type VerbCode } from '../verb.ts';

export const ledgerWitness: VerbCode = {
  flags: [
    { flags: '--to <places>', summary: 'a folder, and behind it https://HOST#VKEY or git+https://...', required: true },
    { flags: '--why <reason>', summary: 'recorded with the change', required: true },
  ],
  examples: ['sleeve-ledger ledger witness --to /mnt/witness --why "the old disk is gone"'],
  writes: true,
  run: async (context, { flags }) => {
    const named = await nameWitness(await context.writing(), context.settings, requiredFlag(flags, 'to'), requiredFlag(flags, 'why'));
    const { witness, remembered, sealedTo, keyFile } = named;
    return {
      result: named,
      warnings:
        remembered === null && sealedTo > 0
          ? [
              `the witness before remembered nothing: that this is the ledger sealed to ${sealedTo} is from here on ` +
                'its own word, and recorded',
            ]
          : [],
      people: [lines(`Witness: ${witness}`, `Named in ${keyFile}, and recorded with the reason.`)],
    };
  },
};

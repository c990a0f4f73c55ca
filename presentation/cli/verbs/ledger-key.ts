import { rotateKey } from '../../../handlers/commands/rotate-key.ts';
import { requiredFlag } from '../flags.ts';
import { lines, type VerbCode } from '../verb.ts';

export const ledgerKeyRotate: VerbCode = {
  flags: [{ flags: '--why <reason>', summary: 'recorded with the change', required: true }],
  examples: ['sleeve-ledger ledger key rotate --why "yearly rotation"'],
  writes: true,
  run: async (context, { flags }) => {
    const rotation = await rotateKey(await context.writing(), context.settings, requiredFlag(flags, 'why'));
    return {
      result: rotation,
      people: [
        lines(
          `Verifier key before: ${rotation.verifierKeyBefore}`,
          `Verifier key now:    ${rotation.verifierKeyAfter}`,
          `Signing key: ${rotation.keyFile}; the old one is kept in ${rotation.retiredFile}`,
          'Publish the new verifier key where the old one was published.',
        ),
      ],
      warnings: rotation.completed ? ['an interrupted rotation was completed and none begun: run the command again for another'] : [],
    };
  },
};

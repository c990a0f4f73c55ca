import { backUp, restoreBackup } from '../../../handlers/commands/back-up-ledger.ts';
import type { Candidate } from '../../../handlers/ledger/backup-candidate.ts';
import { requiredFlag, textFlag } from '../flags.ts';
import { heading, lines, type VerbCode } from '../verb.ts';

function verdict({ sealedTo, unsealed }: Pick<Candidate, 'sealedTo' | 'unsealed'>): string {
  return unsealed === 0 ? `sealed to ${sealedTo}` : `sealed to ${sealedTo}, unsealed after (${unsealed} events)`;
}

export const ledgerBackup: VerbCode = {
  flags: [{ flags: '--to <file>', summary: 'file to write; nothing is overwritten', required: true }],
  examples: ['sleeve-ledger ledger backup --to /mnt/backup/ledger-2026-11-21.sqlite'],
  writes: false,
  run: async (context, { flags }) => {
    const { ledgerId, readModelFaults, keyFile, ...backup } = await backUp(context, requiredFlag(flags, 'to'));
    return {
      result: { store: context.settings.store, ...backup },
      ...(ledgerId === null ? {} : { ledgerId }),
      warnings: [
        ...(backup.checkpointFile === null ? ['nothing is witnessed: that the end of the backup is not missing is not proved'] : []),
        ...(readModelFaults.length === 0 ? [] : ['the read models are not what a fold gives; `ledger rebuild` folds them again']),
      ],
      people: [
        heading(`${backup.file}: ${backup.bytes} bytes, ${backup.events} events, ${backup.artifacts} artifacts, ${verdict(backup)}`),
        lines(
          ...(backup.checkpointFile === null ? [] : [`Checkpoint: ${backup.checkpointFile} (covers ${backup.witnessedTo})`]),
          `The signing key is not in it: keep ${keyFile} elsewhere.`,
        ),
      ],
    };
  },
};

export const ledgerRestore: VerbCode = {
  flags: [
    { flags: '--from <file>', summary: 'the backup', required: true },
    { flags: '--checkpoint <file>', summary: 'a checkpoint that was kept elsewhere (default: the one beside the backup)' },
    { flags: '--vkey <key>', summary: 'a verifier key of the ledger, from elsewhere: the verification rests on what it signed' },
  ],
  examples: [
    'sleeve-ledger ledger restore --from ledger-2026-11-21.sqlite --store ledger.sqlite --checkpoint newest.checkpoint --vkey ' +
      '"$(cat verifier-key.txt)"',
  ],
  writes: false,
  run: async (context, { flags }) => {
    const file = requiredFlag(flags, 'from');
    const target = context.settings.store;
    const { ledgerId, readModelFaults, keyFile, keyMissing, letterKeysMissing, ...restored } = await restoreBackup(context, {
      file,
      checkpointFile: textFlag(flags, 'checkpoint'),
      verifierKey: textFlag(flags, 'vkey'),
    });
    return {
      result: { from: file, store: target, ...restored },
      ...(ledgerId === null ? {} : { ledgerId }),
      warnings: [
        ...(restored.checkpoint === null ? ['no checkpoint from outside the backup: that its end is not missing is not proved'] : []),
        ...(restored.lost === 0
          ? []
          : [
              `a witnessed checkpoint covers ${restored.lost} events more than the backup holds: they are lost, and nothing is ` +
                `sealed before docs/how-to/back-up-and-move.md has been followed`,
            ]),
        ...(keyMissing ? [`the signing key is not in a backup: put it at ${keyFile}, or name it with --key`] : []),
        ...(letterKeysMissing === null
          ? []
          : [
              `no backup holds keys of sealed messages (${restored.lettersUnopened}): put their file at ${letterKeysMissing}, or ` +
                'verify with --without-letter-keys',
            ]),
        ...(readModelFaults.length === 0 ? [] : ['the read models of the backup were not what a fold gives; they are folded again']),
      ],
      people: [
        heading(`${target}: ${restored.events} events, ${restored.streams} streams, ${restored.artifacts} artifacts, ${verdict(restored)}`),
        lines(restored.anchor.statement),
      ],
    };
  },
};

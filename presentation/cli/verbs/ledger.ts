import { LedgerError } from '../../../domain/shared/errors.ts';
import { initLedger } from '../../../handlers/commands/init-ledger.ts';
import { rebuildReadModels } from '../../../handlers/commands/rebuild-read-models.ts';
import { seal } from '../../../handlers/commands/seal-ledger.ts';
import { type VerifiedStore, verifyStore } from '../../../handlers/queries/verify-store.ts';
import { textFlag } from '../flags.ts';
import { fromHere } from '../from-here.ts';
import { sealingWarnings, witnessLines } from '../sealing.ts';
import { type Block, heading, lines, table, type VerbCode } from '../verb.ts';

export const ledgerInit: VerbCode = {
  flags: [],
  examples: ['sleeve-ledger ledger init --store ledger.sqlite --witness /mnt/witness'],
  writes: true,
  makesLedger: 'always',
  run: async (context) => {
    const result = await initLedger(context);
    const { store, ledgerId, verifierKey, keyFile, witness } = result;
    return {
      result,
      people: [
        lines(
          `Ledger ${ledgerId} in ${store}.`,
          `Verifier key: ${verifierKey}`,
          `Signing key:  ${keyFile} (keep it; it is nowhere else)`,
          `Witness:      ${witness} (on the same disk it proves less: copy it elsewhere)`,
        ),
      ],
    };
  },
};

export const ledgerSeal: VerbCode = {
  flags: [],
  examples: ['sleeve-ledger ledger seal'],
  writes: false,
  sealsItself: true,
  run: async (context) => {
    const sealed = await seal(await context.writing(), context.settings);
    return {
      result: sealed,
      people: [
        lines(
          sealed.already ? `Already sealed to ${sealed.treeSize}.` : `Sealed to ${sealed.treeSize}, root ${sealed.root}.`,
          `Checkpoint: ${fromHere(context.tools.files, sealed.witnessFile)}`,
          ...witnessLines(sealed),
        ),
      ],
      warnings: sealingWarnings(sealed),
    };
  },
};

function cosignedBlocks(cosigned: VerifiedStore['verified']['cosigned']): Block[] {
  if (cosigned === null) return [];
  return [
    table(
      ['witness', 'cosigned to', 'at'],
      cosigned.by.map(({ name, size, at }) => [name, String(size), at ?? '']),
    ),
  ];
}

export const ledgerVerify: VerbCode = {
  flags: [
    { flags: '--checkpoint <file>', summary: 'a checkpoint that was kept elsewhere' },
    { flags: '--vkey <key>', summary: 'a verifier key of the ledger, from elsewhere: the verification rests on what it signed' },
    { flags: '--without-letter-keys', summary: 'says that letter keys which are not here are kept elsewhere: these letters stay unproved' },
  ],
  examples: [
    'sleeve-ledger ledger verify --vkey "$(cat verifier-key.txt)"',
    'sleeve-ledger ledger verify --checkpoint /mnt/witness/newest.checkpoint',
  ],
  writes: false,
  run: async (context, { flags }) => {
    const file = textFlag(flags, 'checkpoint');
    const verifierKey = textFlag(flags, 'vkey');
    const checkpoint = file === null ? null : { file, note: await context.tools.files.readText(file), verifierKey };
    const { verified, ledgerId } = await verifyStore(context, {
      checkpoint,
      verifierKey,
      letterKeysElsewhere: flags['withoutLetterKeys'] === true,
    });
    const { events, streams, artifacts, sealedTo, unsealed, anchor, faults } = verified;
    const verdict =
      faults.length > 0
        ? `${faults.length} faults`
        : unsealed > 0
          ? `no fault; sealed to ${sealedTo}, unsealed after (${unsealed} events)`
          : `no fault; sealed to ${sealedTo}`;
    return {
      result: verified,
      // What is verified is not believed to have one.
      position: null,
      failure: faults.length === 0 ? null : new LedgerError('FaultsFound', `the ledger has ${faults.length} faults`),
      warnings: verified.notes,
      ...(ledgerId === null ? {} : { ledgerId }),
      people: [
        heading(`${events} events, ${streams} streams, ${artifacts} artifacts: ${verdict}`),
        lines(fromHere(context.tools.files, anchor.statement)),
        ...cosignedBlocks(verified.cosigned),
        ...(faults.length === 0
          ? []
          : [
              table(
                ['fault', 'where', 'revision', 'expected', 'actual'],
                faults
                  .slice(0, 50)
                  .map((fault) => [
                    fault.kind,
                    fault.stream ?? fault.file ?? '',
                    fault.revision === null ? '' : String(fault.revision),
                    fault.expected.slice(0, 80),
                    fault.actual.slice(0, 80),
                  ]),
              ),
            ]),
      ],
    };
  },
};

export const ledgerRebuild: VerbCode = {
  flags: [],
  examples: ['sleeve-ledger ledger rebuild'],
  writes: false,
  run: async (context) => {
    const { rebuilt, dropped } = await rebuildReadModels((await context.reading()).ports);
    const rows = dropped.map(({ projection, version }) => `${projection}, version ${version}`).join('; ');
    return {
      result: { rebuilt, dropped },
      people: [
        table(
          ['projection', 'version', 'position'],
          rebuilt.map(({ projection, version, position }) => [projection, String(version), position ?? '']),
        ),
        ...(dropped.length === 0 ? [] : [lines('', `Dropped the rows of other builds: ${rows}.`)]),
      ],
    };
  },
};

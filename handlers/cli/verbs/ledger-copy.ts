import { LedgerError } from '../../../domain/shared/errors.ts';
import { copyLedger } from '../../ledger/copy.ts';
import { keyFileOf, readKeyFile, witnessOf } from '../../ledger/key-file.ts';
import { ledgerIdIn } from '../../ledger/open-ledger.ts';
import { redacted, type Settings } from '../../settings.ts';
import { requiredFlag, textFlag } from '../flags.ts';
import { heading, lines, type Verb, type VerbContext } from '../verb.ts';

/** Where the key and the witness of the source are: a copy that goes on as the ledger is given both. */
async function keyAndWitness({ tools, settings }: VerbContext, from: string): Promise<{ readonly keyFile: string; readonly witness: string }> {
  const source: Settings = { ...settings, store: from };
  const keyFile = keyFileOf(source);
  return { keyFile, witness: witnessOf(source, (await tools.files.exists(keyFile)) ? await readKeyFile(tools, source) : null) };
}

export const ledgerCopy: Verb = {
  path: ['ledger', 'copy'],
  summary: 'Copies a ledger into another store, event by event, and proves that both have one root.',
  flags: [
    { flags: '--from <store>', summary: 'ledger to copy (default: --store)' },
    { flags: '--to <store>', summary: 'empty store, or one that holds a beginning of the same ledger', required: true },
  ],
  examples: ["sleeve-ledger ledger copy --from ledger.sqlite --to 'esdb://ops@ledger.example.com:2113'"],
  writes: false,
  run: async (context, { flags }) => {
    const { settings, tools, signal } = context;
    const from = textFlag(flags, 'from') ?? settings.store;
    const to = requiredFlag(flags, 'to');
    if (from === to) throw new LedgerError('Usage', 'a ledger is not copied onto itself', { at: { path: '--to' } });
    const source = await context.opening(from, 'inspect');
    const ledgerId = await ledgerIdIn({ ...tools, ...source });
    // Before the target is touched: opening it makes it.
    if (ledgerId === null) throw new LedgerError('LedgerMissing', `no ledger in ${redacted(from)}`, { at: { file: redacted(from) } });
    const target = await context.opening(to, 'write');
    const copied = await copyLedger(tools, source, target, signal);
    const { keyFile, witness } = await keyAndWitness(context, from);
    const result = { from: redacted(from), to: redacted(to), ...copied, keyFile, witness };
    return {
      result,
      ledgerId,
      position: await target.store.head(),
      warnings: copied.fenced ? [] : ['the source has no lock that keeps writers out: what was written to it after the copy is not in it'],
      people: [
        heading(`${copied.events} events and ${copied.artifacts} artifacts copied, ${copied.alreadyThere} events were there: ${copied.size} in all`),
        lines(
          `Root of ${result.from}: ${copied.root}`,
          `Root of ${result.to}: ${copied.targetRoot}`,
          `The copy signs with the same key: give it --key ${keyFile} --witness ${witness}.`,
          'Write to one of the two from now on, never to both: two different futures of one ledger are a split view.',
        ),
      ],
    };
  },
};

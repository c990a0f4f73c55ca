import { LedgerError } from '../../../domain/shared/errors.ts';
import { keyFileOf, readKeyFile, witnessOf, writeKeyFile } from '../../ledger/key-file.ts';
import { ledgerIdIn } from '../../ledger/open-ledger.ts';
import { seal } from '../../ledger/seal.ts';
import { type Verification, verifyLedger } from '../../ledger/verify.ts';
import type { GivenCheckpoint } from '../../ledger/verify-seals.ts';
import { dropRetired, rebuild } from '../../projector.ts';
import { redacted } from '../../settings.ts';
import { allProjections } from '../../../projections/all.ts';
import { textFlag } from '../flags.ts';
import { heading, lines, table, type Verb, type VerbContext } from '../verb.ts';

/** A store without a first event, as a failed first write leaves it, is no ledger yet. */
async function holdsLedger(context: VerbContext): Promise<boolean> {
  try {
    await context.reading();
    return true;
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LedgerMissing') return false;
    throw error;
  }
}

export const ledgerInit: Verb = {
  path: ['ledger', 'init'],
  summary: 'Makes a ledger and its signing key, and names the folder that witnesses its seals.',
  flags: [],
  writes: true,
  run: async (context) => {
    const { settings, tools } = context;
    if (await holdsLedger(context)) throw new LedgerError('LedgerExists', `${redacted(settings.store)} holds a ledger`, { at: { file: redacted(settings.store) } });
    const session = await context.writing();
    const key = await readKeyFile(tools, settings);
    const witness = witnessOf(settings, key);
    if (witness !== key.witness) await writeKeyFile(tools, settings, { ...key, witness });
    const { ledgerId, origin, verifierKey } = session.ledger;
    return {
      result: { store: redacted(settings.store), ledgerId, origin, verifierKey, keyFile: keyFileOf(settings), witness },
      people: [
        lines(
          `Ledger ${ledgerId} in ${redacted(settings.store)}.`,
          `Verifier key: ${verifierKey}`,
          `Signing key:  ${keyFileOf(settings)} (keep it; it is nowhere else)`,
          `Witness:      ${witness} (on the same disk it proves less: copy it elsewhere)`,
        ),
      ],
    };
  },
};

export const ledgerSeal: Verb = {
  path: ['ledger', 'seal'],
  summary: 'Signs the root over everything recorded, after proving that it extends the last witnessed checkpoint.',
  flags: [],
  writes: false,
  run: async (context) => {
    const sealed = await seal(await context.writing(), context.settings);
    return { result: sealed, people: [lines(sealed.already ? `Already sealed to ${sealed.treeSize}.` : `Sealed to ${sealed.treeSize}, root ${sealed.root}.`, `Checkpoint: ${sealed.witnessFile}`)] };
  },
};

export const ledgerVerify: Verb = {
  path: ['ledger', 'verify'],
  summary: 'Recomputes every hash, chain, artifact, seal and read model, and says what no seal covers.',
  flags: [
    { flags: '--checkpoint <file>', summary: 'a checkpoint that was kept elsewhere' },
    { flags: '--vkey <key>', summary: 'verifier key to open it by (default: those of the ledger)' },
  ],
  writes: false,
  run: async (context, { flags }) => {
    const file = textFlag(flags, 'checkpoint');
    const checkpoint = file === null ? null : { file, note: await context.tools.files.readText(file), verifierKey: textFlag(flags, 'vkey') };
    const { verified, ledgerId } = await verifiedStore(context, checkpoint);
    const { events, streams, artifacts, sealedTo, unsealed, faults } = verified;
    const verdict = faults.length > 0 ? `${faults.length} faults` : unsealed > 0 ? `no fault; sealed to ${sealedTo}, unsealed after (${unsealed} events)` : `no fault; sealed to ${sealedTo}`;
    return {
      result: verified,
      exit: faults.length > 0 ? 1 : 0,
      warnings: verified.notes,
      ...(ledgerId === null ? {} : { ledgerId }),
      people: [
        heading(`${events} events, ${streams} streams, ${artifacts} artifacts: ${verdict}`),
        ...(faults.length === 0 ? [] : [table(['fault', 'where', 'revision', 'expected', 'actual'], faults.slice(0, 50).map((fault) => [fault.kind, fault.stream ?? fault.file ?? '', fault.revision === null ? '' : String(fault.revision), fault.expected.slice(0, 80), fault.actual.slice(0, 80)]))]),
      ],
    };
  },
};

/** Verifies the store at hand, believing nothing of it. What keeps it from being opened at all, though it bears our mark, is a fault as well. */
async function verifiedStore(context: VerbContext, checkpoint: GivenCheckpoint | null): Promise<{ readonly verified: Verification; readonly ledgerId: string | null }> {
  const { settings, tools } = context;
  const key = (await tools.files.exists(keyFileOf(settings))) ? await readKeyFile(tools, settings) : null;
  try {
    const { ports, integrity } = await context.examining();
    const verified = await verifyLedger(ports, { witnessDirectory: witnessOf(settings, key), checkpoint, integrity });
    if (verified.events === 0 && verified.faults.length === 0) throw new LedgerError('LedgerMissing', `no ledger in ${redacted(settings.store)}`, { at: { file: redacted(settings.store) } });
    return { verified, ledgerId: await ledgerIdIn(ports) };
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'StoreIo') throw error;
    const fault = { kind: 'database_damaged', stream: null, revision: null, position: null, expected: 'a database that can be opened', actual: error.message, file: redacted(settings.store) };
    return { verified: { events: 0, streams: 0, artifacts: 0, sealedTo: 0, unsealed: 0, witnessedTo: 0, format: null, faults: [fault], notes: [] }, ledgerId: null };
  }
}

export const ledgerRebuild: Verb = {
  path: ['ledger', 'rebuild'],
  summary: 'Throws the read models away and folds the ledger again; drops the rows of retired projections.',
  flags: [],
  writes: false,
  run: async (context) => {
    const { ports } = await context.reading();
    const rebuilt = [];
    for (const projection of allProjections) rebuilt.push({ projection: projection.name, position: await rebuild(ports, projection) });
    const dropped = await dropRetired(ports);
    const people = [table(['projection', 'position'], rebuilt.map(({ projection, position }) => [projection, position ?? '']))];
    return { result: { rebuilt, dropped }, people: dropped.length === 0 ? people : [...people, lines(`Dropped the rows of retired projections: ${dropped.join(', ')}`)] };
  },
};

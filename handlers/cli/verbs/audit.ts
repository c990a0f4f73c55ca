import type { VerifierKey } from '../../../domain/audit/signed-note.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { bundleRun } from '../../audit/bundle.ts';
import { exportAudit } from '../../audit/export.ts';
import { everything, runWithItsSources, type Selected } from '../../audit/selection.ts';
import { verifyAuditFile } from '../../audit/verify.ts';
import { keysOf } from '../../ledger/keys.ts';
import { runOf } from '../../queries/run-of.ts';
import type { Session } from '../../session.ts';
import { isServer, redacted } from '../../settings.ts';
import { parseKnownAt } from '../../views.ts';
import { dateFlag, isSet, requiredFlag, textFlag } from '../flags.ts';
import { asOfFlag, heading, knownAtFlag, lines, table, type Verb, type VerbContext } from '../verb.ts';

async function selectedBy(session: Session, runId: string | null, all: boolean, asOf: string | null, knownAt: string | null): Promise<Selected> {
  if ((runId === null) === !all) throw new LedgerError('Usage', 'give either --run RUN or --all', { at: { path: '--run' } });
  if (runId === null) {
    if (asOf !== null) throw new LedgerError('Usage', '--as-of speaks of runs: everything up to a point of ledger time is cut with --known-at', { at: { path: '--as-of' } });
    return everything;
  }
  const run = await runOf(session.ports, runId, knownAt);
  if (asOf !== null && run.asOf > asOf) throw new LedgerError('RunUnknown', `run ${runId} speaks of ${run.asOf}, after ${asOf}`, { at: { path: runId } });
  return runWithItsSources(session.ports, runId, knownAt);
}

/** Lines that a seal could cover and none does: the newest seal itself always stands behind what it covers. */
function toBeSealed(sealedTo: number, unsealed: number, all: boolean): number {
  return all && sealedTo > 0 && unsealed === 1 ? 0 : unsealed;
}

function covered(lineCount: number, sealedTo: number, unsealed: number): string {
  if (sealedTo === 0) return `No seal covers any of its ${lineCount} lines.`;
  return `Sealed to ${sealedTo}: ${lineCount - unsealed} of ${lineCount} lines are covered.`;
}

function unsealedWarning(lineCount: number): string[] {
  return lineCount === 0 ? [] : [`no seal covers ${lineCount} of the lines: run \`ledger seal\`, then this again`];
}

export const auditExport: Verb = {
  path: ['audit', 'export'],
  summary: 'Writes audit.jsonl: one chained line an event, with the newest signed checkpoint in its last line.',
  flags: [
    { flags: '--run <run>', summary: 'one run with what it rests on: the sleeve runs it consumes, their acceptance, the waivers it cites' },
    { flags: '--all', summary: 'every event of the ledger' },
    { flags: '-o, --output <file>', summary: 'file to write, whole or not at all', required: true },
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger audit export --all -o audit.jsonl'],
  writes: false,
  run: async (context, { flags }) => {
    const file = requiredFlag(flags, 'output');
    const given = textFlag(flags, 'knownAt');
    const knownAt = given === null ? null : parseKnownAt(given);
    const session = await context.reading();
    const selected = await selectedBy(session, textFlag(flags, 'run'), isSet(flags, 'all'), dateFlag(flags, 'asOf'), knownAt);
    const { lines: lineCount, lastHash, sealedTo, unsealed, sha256, bytes, position } = await exportAudit(session.ports, { ...selected, knownAt, seal: 'newest' }, file);
    return {
      result: { lines: lineCount, lastHash, sealedTo, unsealed, file, sha256, bytes, sleeveRuns: selected.sleeveRuns },
      position,
      people: [lines(`Wrote ${file}: ${lineCount} lines, ${bytes} bytes, SHA-256 ${sha256}.`, covered(lineCount, sealedTo, unsealed))],
      warnings: unsealedWarning(toBeSealed(sealedTo, unsealed, selected.selection === 'all')),
    };
  },
};

/** Keys of the ledger at --store, where there is one that can be read; a file is verified without it just as well. */
async function keysAtHand(context: VerbContext): Promise<{ readonly keys: readonly VerifierKey[]; readonly why: string | null }> {
  if (!isServer(context.settings.store) && !(await context.tools.files.exists(context.settings.store))) return { keys: [], why: null };
  try {
    const { ports } = await context.examining();
    return { keys: await keysOf(ports), why: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { keys: [], why: error.message };
  }
}

export const auditVerify: Verb = {
  path: ['audit', 'verify'],
  summary: 'Verifies an exported audit.jsonl line by line; needs no ledger.',
  args: [{ name: '<file>', summary: 'audit.jsonl' }],
  flags: [
    { flags: '--checkpoint <file>', summary: 'a checkpoint that was kept elsewhere' },
    { flags: '--vkey <key>', summary: 'C2SP verifier key (default: the keys of the ledger at --store, when there is one)' },
  ],
  examples: ['sleeve-ledger audit verify audit.jsonl --vkey "$(cat verifier-key.txt)"'],
  writes: false,
  run: async (context, { args, flags }) => {
    const file = args[0]!;
    const { store } = context.settings;
    const verifierKey = textFlag(flags, 'vkey');
    const checkpointFile = textFlag(flags, 'checkpoint');
    const checkpoint = checkpointFile === null ? null : await context.tools.files.readText(checkpointFile);
    const { keys, why } = verifierKey === null ? await keysAtHand(context) : { keys: [], why: null };
    const report = await verifyAuditFile(context.tools, { file, checkpoint, verifierKey, ledgerKeys: keys });
    const { lines: lineCount, lastHash, sealedTo, unsealed, seal, tornAtByte, notes, faults } = report;
    const byStore = seal?.trust === 'key' && verifierKey === null;
    const warnings = [
      ...notes,
      ...(why === null ? [] : [`the ledger at ${redacted(store)} lent no key: ${why}`]),
      ...(byStore ? [`the signature was opened with the keys of the ledger at ${redacted(store)}: no key was given`] : []),
      ...(keys.length > 0 && !byStore ? [`the ledger at ${redacted(store)} signs as ${keys[0]!.name}: its keys do not speak for this file`] : []),
    ];
    return {
      result: { lines: lineCount, lastHash, sealedTo, unsealed, seal, keyFrom: byStore ? 'store' : verifierKey === null ? null : 'flag', tornAtByte, faults },
      exit: faults.length > 0 ? 1 : 0,
      warnings,
      people: [
        heading(`${file}: ${lineCount} lines, ${faults.length === 0 ? 'no fault' : `${faults.length} faults`}`),
        lines(covered(lineCount, sealedTo, unsealed)),
        ...(faults.length === 0 ? [] : [table(['line', 'fault', 'expected', 'actual'], faults.slice(0, 50).map((fault) => [String(fault.line), fault.kind, fault.expected.slice(0, 70), fault.actual.slice(0, 70)]))]),
      ],
    };
  },
};

export const auditBundle: Verb = {
  path: ['audit', 'bundle'],
  summary: 'Writes everything that proves a run into one ZIP: audit lines, checkpoint, proofs, artifacts, report, verifier.',
  args: [{ name: '<run>', summary: 'run id' }],
  flags: [{ flags: '-o, --output <zip>', summary: 'archive to write, whole or not at all', required: true }],
  examples: ['sleeve-ledger audit bundle meta_production-2023-08-31-0123456789abcdef -o evidence.zip'],
  writes: false,
  run: async (context, { args, flags }) => {
    const bundle = await bundleRun(await context.reading(), args[0]!, requiredFlag(flags, 'output'));
    const { file, bytes, sha256, entries, lines: lineCount, sealedTo, unsealed } = bundle;
    return {
      result: bundle,
      people: [lines(`Wrote ${file}: ${entries.length} files, ${bytes} bytes, SHA-256 ${sha256}.`, covered(lineCount, sealedTo, unsealed), 'README.txt inside says how to verify it with Python alone.')],
      warnings: unsealedWarning(unsealed),
    };
  },
};

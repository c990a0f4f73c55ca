import { LedgerError } from '../../../domain/shared/errors.ts';
import { bundleRun } from '../../../handlers/commands/bundle-run.ts';
import { reportEntries } from '../../report/write-report.ts';
import { exportAuditFile } from '../../../handlers/commands/export-audit.ts';
import { verifyAudit } from '../../../handlers/queries/verify-audit.ts';
import { dateFlag, isSet, ledgerTimeFlag, requiredFlag, textFlag } from '../flags.ts';
import { asOfFlag, heading, knownAtFlag, lines, table, type Verb } from '../verb.ts';

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
    { flags: '-o, --output <file>', summary: 'file to write, whole or not at all; - is standard output', required: true },
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger audit export --all -o audit.jsonl'],
  writes: false,
  run: async (context, { flags }) => {
    const runId = textFlag(flags, 'run');
    if ((runId === null) !== isSet(flags, 'all'))
      throw new LedgerError('Usage', 'give either --run RUN or --all', { at: { path: '--run' } });
    const command = { runId, asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags), file: requiredFlag(flags, 'output') };
    const {
      lines: lineCount,
      lastHash,
      sealedTo,
      unsealed,
      sha256,
      bytes,
      position,
      file,
      sleeveRuns,
      toBeSealed,
    } = await exportAuditFile(await context.reading(), command);
    return {
      result: { lines: lineCount, lastHash, sealedTo, unsealed, file, sha256, bytes, sleeveRuns },
      position,
      people: [lines(`Wrote ${file}: ${lineCount} lines, ${bytes} bytes, SHA-256 ${sha256}.`, covered(lineCount, sealedTo, unsealed))],
      warnings: unsealedWarning(toBeSealed),
    };
  },
};

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
    const report = await verifyAudit(context, {
      file,
      checkpointFile: textFlag(flags, 'checkpoint'),
      verifierKey: textFlag(flags, 'vkey'),
    });
    const { lines: lineCount, lastHash, sealedTo, unsealed, seal, tornAtByte, faults, keyFrom, warnings } = report;
    return {
      result: { lines: lineCount, lastHash, sealedTo, unsealed, seal, keyFrom, tornAtByte, faults },
      failure: faults.length === 0 ? null : new LedgerError('FaultsFound', `${file} has ${faults.length} faults`),
      warnings,
      people: [
        heading(`${file}: ${lineCount} lines, ${faults.length === 0 ? 'no fault' : `${faults.length} faults`}`),
        lines(covered(lineCount, sealedTo, unsealed)),
        ...(faults.length === 0
          ? []
          : [
              table(
                ['line', 'fault', 'expected', 'actual'],
                faults
                  .slice(0, 50)
                  .map((fault) => [String(fault.line), fault.kind, fault.expected.slice(0, 70), fault.actual.slice(0, 70)]),
              ),
            ]),
      ],
    };
  },
};

export const auditBundle: Verb = {
  path: ['audit', 'bundle'],
  summary: 'Writes everything that proves a run into one ZIP: audit lines, checkpoint, proofs, artifacts, report, verifier.',
  args: [{ name: '<run>', summary: 'run id' }],
  flags: [{ flags: '-o, --output <zip>', summary: 'archive to write, whole or not at all; - is standard output', required: true }],
  examples: ['sleeve-ledger audit bundle meta_production-2023-08-31-0123456789abcdef -o evidence.zip'],
  writes: false,
  run: async (context, { args, flags }) => {
    const bundle = await bundleRun(
      await context.reading(),
      args[0]!,
      requiredFlag(flags, 'output'),
      reportEntries(context.presentation.charts),
    );
    const { file, bytes, sha256, entries, lines: lineCount, sealedTo, unsealed } = bundle;
    return {
      result: bundle,
      people: [
        lines(
          `Wrote ${file}: ${entries.length} files, ${bytes} bytes, SHA-256 ${sha256}.`,
          covered(lineCount, sealedTo, unsealed),
          'README.txt inside says how to verify it with Python alone.',
        ),
      ],
      warnings: unsealedWarning(unsealed),
    };
  },
};

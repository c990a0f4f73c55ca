import { LedgerError } from '../../../domain/shared/errors.ts';
import { bundleRun } from '../../../handlers/commands/bundle-run.ts';
import { reportEntries } from '../../report/write-report.ts';
import { exportAuditFile } from '../../../handlers/commands/export-audit.ts';
import { type VerifiedAudit, verifyAudit } from '../../../handlers/queries/verify-audit.ts';
import { dateFlag, isSet, ledgerTimeFlag, requiredFlag, textFlag } from '../flags.ts';
import { namingFlags, runIdOf } from '../run-question.ts';
import { asOfFlag, heading, knownAtFlag, lines, table, type VerbCode } from '../verb.ts';

function covered(lineCount: number, sealedTo: number, unsealed: number): string {
  if (sealedTo === 0) return `No seal covers any of its ${lineCount} lines.`;
  return `Sealed to ${sealedTo}: ${lineCount - unsealed} of ${lineCount} lines are covered.`;
}

function unsealedWarning(lineCount: number): string[] {
  return lineCount === 0 ? [] : [`no seal covers ${lineCount} of the lines: run \`ledger seal\`, then this again`];
}

function unsignedWarning(because: string | null): string[] {
  return because === null ? [] : [`nobody signed what the export declares, so that a cut would not be found: ${because}`];
}

function declared({ declaration }: VerifiedAudit): string {
  if (declaration === null) return 'It declares nothing: what was left out of it cannot be seen.';
  const { events, streams, cited, files, trust } = declaration;
  const what = [
    `${events} events`,
    streams === 'all' ? 'all streams' : `${streams} whole streams and ${cited} single events`,
    ...(files === null ? [] : [`${files} files`]),
  ].join(', ');
  return `It declares ${what}; ${trust === 'key' ? 'the signature holds' : 'no trusted signature says so'}.`;
}

export const auditExport: VerbCode = {
  flags: [
    { flags: '--run <run>', summary: 'one run (id, latest, previous, published) with what it rests on and what was decided about it' },
    ...namingFlags,
    { flags: '--all', summary: 'every event of the ledger' },
    { flags: '-o, --output <file>', summary: 'file to write, whole or not at all; - is standard output', required: true },
    { flags: '--positions', summary: "lines with the store's own positions: the same ledger has others in another store" },
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger audit export --all -o audit.jsonl'],
  writes: false,
  run: async (context, input) => {
    const { flags } = input;
    const named = textFlag(flags, 'run');
    if ((named === null) !== isSet(flags, 'all'))
      throw new LedgerError('Usage', 'give either --run RUN or --all', { at: { path: '--run' } });
    const command = {
      runId: named === null ? null : await runIdOf(context, named, input, 'any'),
      asOf: dateFlag(flags, 'asOf'),
      knownAt: ledgerTimeFlag(flags),
      file: requiredFlag(flags, 'output'),
      positions: isSet(flags, 'positions'),
    };
    const exported = await exportAuditFile(await context.reading(), context.settings, command);
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
      unsignedBecause,
    } = exported;
    const signed = unsignedBecause === null;
    return {
      result: { lines: lineCount, lastHash, sealedTo, unsealed, signed, file, sha256, bytes, sleeveRuns },
      position,
      people: [lines(`Wrote ${file}: ${lineCount} lines, ${bytes} bytes, SHA-256 ${sha256}.`, covered(lineCount, sealedTo, unsealed))],
      warnings: [...unsealedWarning(toBeSealed), ...unsignedWarning(unsignedBecause)],
    };
  },
};

export const auditVerify: VerbCode = {
  flags: [
    { flags: '--checkpoint <file>', summary: 'a checkpoint that was kept elsewhere' },
    {
      flags: '--vkey <key>',
      summary: 'C2SP verifier key, or a file that holds it (default: the keys of the ledger at --store, when there is one)',
    },
    { flags: '--complete', summary: 'exit 1 as well when no known key vouches for what the export declares' },
  ],
  examples: [
    'sleeve-ledger audit verify audit.jsonl --vkey verifier-key.txt',
    'sleeve-ledger audit verify evidence.zip --vkey KEY --complete',
  ],
  writes: false,
  run: async (context, { args, flags }) => {
    const file = args[0]!;
    const report = await verifyAudit(context, {
      file,
      checkpointFile: textFlag(flags, 'checkpoint'),
      verifierKey: textFlag(flags, 'vkey'),
      complete: isSet(flags, 'complete'),
      signal: context.signal,
    });
    const { lines: lineCount, lastHash, sealedTo, unsealed, seal, declaration, tornAtByte, faults, keyFrom, warnings } = report;
    return {
      result: { lines: lineCount, lastHash, sealedTo, unsealed, seal, declaration, keyFrom, tornAtByte, faults },
      failure: faults.length === 0 ? null : new LedgerError('FaultsFound', `${file} has ${faults.length} faults`),
      warnings,
      people: [
        heading(`${file}: ${lineCount} lines, ${faults.length === 0 ? 'no fault' : `${faults.length} faults`}`),
        lines(covered(lineCount, sealedTo, unsealed), declared(report)),
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

export const auditBundle: VerbCode = {
  flags: [
    ...namingFlags,
    { flags: '-o, --output <zip>', summary: 'archive to write, whole or not at all; - is standard output', required: true },
  ],
  examples: ['sleeve-ledger audit bundle meta_production-2023-08-31-0123456789abcdef -o evidence.zip'],
  writes: false,
  run: async (context, input) => {
    const runId = await runIdOf(context, input.args[0]!, input, 'any');
    const bundle = await bundleRun(await context.reading(), context.settings, {
      runId,
      file: requiredFlag(input.flags, 'output'),
      reportOf: reportEntries((await context.presentation()).charts),
    });
    const { file, bytes, sha256, entries, lines: lineCount, sealedTo, unsealed, unsignedBecause } = bundle;
    return {
      result: bundle,
      people: [
        lines(
          `Wrote ${file}: ${entries.length} files, ${bytes} bytes, SHA-256 ${sha256}.`,
          covered(lineCount, sealedTo, unsealed),
          'README.txt inside says how to verify it with Python alone.',
        ),
      ],
      warnings: [...unsealedWarning(unsealed), ...unsignedWarning(unsignedBecause)],
    };
  },
};

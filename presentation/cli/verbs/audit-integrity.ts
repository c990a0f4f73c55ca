import { LedgerError } from '../../../domain/shared/errors.ts';
import type { EligibilityEvidence } from '../../../domain/run/grade.ts';
import { exchangeWarnings, mergeSpellings } from '../../../domain/shared/symbol.ts';
import { auditPriceFiles, auditRecordedRun, type PriceAudit, type RunAudit } from '../../../handlers/queries/audit-integrity.ts';
import { csvFlags } from '../csv-flags.ts';
import { choiceFlag, dateFlag, filesFlag, listFlag } from '../flags.ts';
import { readPriceFiles, renameFlags } from '../price-flags.ts';
import { readingWarnings, spellingWarnings } from '../price-warnings.ts';
import { remedyBlock, verdictBlocks } from '../integrity-blocks.ts';
import { type Block, heading, lines, type Outcome, table, type VerbCode, type VerbContext, type VerbInput } from '../verb.ts';

/** Symbols of each calendar, in the order in which the files name them. */
function calendarLines(calendars: PriceAudit['calendars']): string[] {
  const names = [...new Set(calendars.map(({ calendar }) => calendar ?? 'no calendar'))];
  return names.map((name) => {
    const symbols = calendars.filter(({ calendar }) => (calendar ?? 'no calendar') === name).map(({ symbol }) => symbol);
    const rest = symbols.length - 5;
    return `  ${name}: ${symbols.slice(0, 5).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  });
}

function checksTable(checks: PriceAudit['verdict']['checks']): Block {
  return table(
    ['check', 'status', 'checked'],
    checks.map(({ name, status, checked }) => [name, status, String(checked)]),
  );
}

async function ofPrices(context: VerbContext, { flags }: VerbInput, paths: readonly string[]): Promise<Outcome> {
  const files = await readPriceFiles(context, flags, paths);
  const named = listFlag(flags, 'symbols');
  const audit = auditPriceFiles({
    files,
    from: dateFlag(flags, 'from'),
    asOf: dateFlag(flags, 'asOf'),
    symbols: named.length === 0 ? null : mergeSpellings(named).symbols,
    exclude: mergeSpellings(listFlag(flags, 'exclude')).symbols,
    repair: choiceFlag(flags, 'repair', ['none', 'drop-off-calendar'], 'none'),
    now: context.tools.clock.now(),
  });
  const { verdict, calendars, repaired, remedies } = audit;
  return {
    result: audit,
    failure: verdict.errors === 0 ? null : new LedgerError('IntegrityFailed', `${paths.join(', ')}: ${verdict.errors} errors of integrity`),
    warnings: [...readingWarnings(files), ...spellingWarnings(named), ...exchangeWarnings(calendars.map(({ symbol }) => symbol))],
    people: [
      heading(`${paths.join(', ')}: ${verdict.errors === 0 ? 'no error' : `${verdict.errors} errors`}`),
      lines('Calendars:', ...calendarLines(calendars)),
      checksTable(verdict.checks),
      ...verdictBlocks(verdict),
      ...(repaired.length === 0 ? [] : [lines(`The repair dropped ${repaired.length} prices on days without a session.`)]),
      remedyBlock(remedies),
    ],
  };
}

function verdictText(verdict: RunAudit['recorded']['verdict'], evidence: readonly EligibilityEvidence[]): string {
  if (verdict !== null) return `${verdict.errors} errors, ${verdict.warnings} warnings`;
  return evidence.map(({ check, status }) => `${check} ${status}`).join(', ');
}

async function ofRun(context: VerbContext, runId: string): Promise<Outcome> {
  const audit = await auditRecordedRun((await context.reading()).ports, runId);
  const { recorded, again, isFailed, remedies } = audit;
  return {
    result: audit,
    failure: isFailed ? new LedgerError('IntegrityFailed', `the data of ${runId} fail the audit of integrity`) : null,
    people: [
      heading(`${runId}, recorded as ${recorded.grade}`),
      table(
        ['judged', 'rules', 'found'],
        [
          ['when recorded', String(recorded.rules), verdictText(recorded.verdict, recorded.evidence)],
          ['now', String(again.rules), verdictText(again.verdict, again.evidence)],
        ],
      ),
      ...(again.verdict === null ? [] : [checksTable(again.verdict.checks), ...verdictBlocks(again.verdict)]),
      lines(...again.evidence.map(({ check, status, detail }) => `  ${check} ${status}: ${detail}`)),
      remedyBlock(remedies),
    ],
  };
}

export const auditIntegrity: VerbCode = {
  flags: [
    { flags: '--prices <file...>', summary: 'daily closes, CSV or parquet; no ledger is needed' },
    { flags: '--from <date>', summary: 'first row to judge' },
    { flags: '--as-of <date>', summary: 'last row to judge; staleness is judged against it' },
    { flags: '--symbols <list...>', summary: 'only these columns' },
    { flags: '--exclude <list...>', summary: 'columns to leave out' },
    { flags: '--repair <how>', summary: 'drop-off-calendar: judge what is left when prices on non-sessions are dropped' },
    ...renameFlags,
    ...csvFlags,
  ],
  examples: [
    'sleeve-ledger audit integrity --prices equities.csv --as-of 2023-08-31',
    'sleeve-ledger audit integrity equities-2023-08-31-0123456789abcdef',
  ],
  writes: false,
  run: async (context, input) => {
    const paths = filesFlag(input.flags, 'prices');
    const [runId] = input.args;
    if ((paths.length === 0) === (runId === undefined))
      throw new LedgerError('Usage', 'give either --prices FILE... or a run', { at: { path: '--prices' } });
    return runId === undefined ? ofPrices(context, input, paths) : ofRun(context, runId);
  },
};

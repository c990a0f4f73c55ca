import { requireMatrixRiskProfile } from '../../../domain/manifest/risk-profiles.ts';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import { linkageMethodSchema, commonRiskProfiles, type MatrixRiskProfile } from '../../../domain/risk/schemas.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { suggestion } from '../../../domain/shared/suggest.ts';
import type { AskedAxes } from '../../../domain/tournament/axes.ts';
import { type CostChoice, estimators, rawPool, type WindowChoice } from '../../../domain/tournament/entrant.ts';
import { runTournament } from '../../../handlers/commands/run-tournament.ts';
import { csvFlags } from '../csv-flags.ts';
import { choiceFlag, dateFlag, filesFlag, isPlainDecimal, listFlag, requiredFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { readPriceFiles, renameFlags } from '../price-flags.ts';
import { readingWarnings } from '../price-warnings.ts';
import { supplyAsked, supplyFlags, supplyWarnings } from '../supply-flags.ts';
import { tournamentOutcome } from '../tournament-result.ts';
import { cacheFlag, type FlagValues, lazyLedger, type VerbCode, type VerbContext, workersFlag } from '../verb.ts';
import { risksFlag } from './flow-meta.ts';

/** Errors: Usage. */
function choicesFlag<Choice extends string>(flags: FlagValues, name: string, choices: readonly Choice[]): Choice[] | null {
  const asked = listFlag(flags, name);
  if (asked.length === 0) return null;
  if (asked.includes('all')) return [...choices];
  return asked.map((text) => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new LedgerError('Usage', `--${name}: there is no ${text}${suggestion(text, choices)}`, { at: { path: `--${name}` } });
  });
}

/** `60/20/20`: train, test and step in rows. Errors: Usage. */
function windowsFlag(flags: FlagValues): WindowChoice[] | null {
  const asked = listFlag(flags, 'windows').map((text): WindowChoice => {
    const [train, test, step] = (/^(\d{1,6})\/(\d{1,6})\/(\d{1,6})$/.exec(text)?.slice(1) ?? []).map(Number);
    if (train !== undefined && test !== undefined && step !== undefined && train >= 2 && test >= 1 && step >= 1)
      return { train, test, step };
    throw new LedgerError('Usage', `--windows ${text}: train/test/step in rows, such as 60/20/20`, { at: { path: '--windows' } });
  });
  return asked.length === 0 ? null : asked;
}

/** `0.0005+0.0001`: slippage and commission as fractions of the value traded. Errors: Usage. */
function costsFlag(flags: FlagValues): CostChoice[] | null {
  const asked = listFlag(flags, 'costs').map((text): CostChoice => {
    const parts = text.split('+');
    const [slippage, commission] = parts.map((part) => (isPlainDecimal(part) ? Number(part) : Number.NaN));
    if (parts.length === 2 && slippage! >= 0 && slippage! < 1 && commission! >= 0 && commission! < 1)
      return { slippage: slippage!, commission: commission! };
    throw new LedgerError('Usage', `--costs ${text}: slippage+commission as fractions of the value traded, such as 0.0005+0.0001`, {
      at: { path: '--costs' },
    });
  });
  return asked.length === 0 ? null : asked;
}

/** The raw pool competes in any case. Errors: Usage, ProfileNotAvailable. */
function profilesFlag(flags: FlagValues): readonly MatrixRiskProfile[] | null {
  const asked = risksFlag(flags);
  if (asked === 'all') return commonRiskProfiles;
  return asked === null ? null : asked.filter((name) => name !== rawPool).map(requireMatrixRiskProfile);
}

function axesAsked(flags: FlagValues): AskedAxes {
  return {
    profiles: profilesFlag(flags),
    estimators: choicesFlag(flags, 'estimators', estimators),
    linkages: choicesFlag(flags, 'linkages', linkageMethodSchema.options),
    windows: windowsFlag(flags),
    costs: costsFlag(flags),
    simulators: choicesFlag(flags, 'simulators', ['window', 'daily'] as const),
  };
}

async function pricesOf(context: VerbContext, flags: FlagValues): Promise<readonly PriceFile[] | null> {
  const given = filesFlag(flags, 'prices');
  return given.length === 0 ? null : readPriceFiles(context, flags, given);
}

export const tournamentRun: VerbCode = {
  flags: [
    { flags: '--profile <name>', summary: 'sleeve profile or alias', required: true },
    { flags: '--risk <list...>', summary: 'risk profiles that compete, or all (default: those of the sleeve); raw_pool_ew always does' },
    { flags: '--estimators <list...>', summary: `covariance: ${estimators.join(', ')}, or all (default: the sleeve's)` },
    { flags: '--linkages <list...>', summary: `of hierarchies: ${linkageMethodSchema.options.join(', ')}, or all (default: the sleeve's)` },
    { flags: '--windows <list...>', summary: "train/test/step in rows, such as 60/20/20 (default: the sleeve's)" },
    {
      flags: '--costs <list...>',
      summary: "slippage+commission, fractions of the value traded, such as 0.0005+0.0001 (default: the sleeve's)",
    },
    { flags: '--simulators <list...>', summary: "window (weights drift), daily (traded back), or all (default: the sleeve's)" },
    { flags: '--import-run <run...>', summary: 'imported sleeve runs that compete with their net returns as given, on common dates' },
    {
      flags: '--prices <file...>',
      summary: 'daily closes, CSV or parquet (default: those that the newest run of the sleeve read)',
    },
    ...supplyFlags,
    { flags: '--from <date>', summary: 'first price row to use; lookback_days is then recorded and not applied' },
    { flags: '--as-of <date>', summary: 'last price row to use' },
    { flags: '--repair <how>', summary: 'drop-off-calendar: drop and list rows on non-sessions, which are errors otherwise' },
    ...renameFlags,
    ...csvFlags,
    cacheFlag,
    workersFlag,
  ],
  examples: [
    'sleeve-ledger tournament run --profile institutional_etf',
    'sleeve-ledger tournament run --profile institutional_etf --import-run etf-2024-06-28-0123456789abcdef',
    'sleeve-ledger tournament run --profile institutional_etf --risk all --estimators all --windows 60/20/20,120/20/20 --prices etfs.csv',
  ],
  writes: true,
  makesLedger: 'always',
  run: async (context, { flags }) => {
    const repair = choiceFlag(flags, 'repair', ['none', 'drop-off-calendar', 'as recorded'] as const, 'as recorded');
    const axes = axesAsked(flags);
    const manifest = await readManifest(context);
    const prices = await pricesOf(context, flags);
    const supply = await supplyAsked(context, flags);
    // Without prices there is nothing to do in a new ledger.
    if (prices === null) await context.reading();
    const command = {
      manifest,
      profile: requiredFlag(flags, 'profile'),
      axes,
      importRuns: listFlag(flags, 'importRun'),
      from: dateFlag(flags, 'from'),
      asOf: dateFlag(flags, 'asOf'),
      repair: repair === 'as recorded' ? null : repair,
      prices,
      supply,
    };
    const outcome = tournamentOutcome(await runTournament(context.tools, lazyLedger(context), command, context.signal));
    return {
      ...outcome,
      warnings: [...readingWarnings(prices ?? []), ...supplyWarnings(supply, prices, dateFlag(flags, 'asOf')), ...(outcome.warnings ?? [])],
    };
  },
};

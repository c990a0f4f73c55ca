import { bookColumnsOf } from '../execution/columns.ts';
import { decisionsOf, type EmptyWeights } from '../execution/decisions.ts';
import { calendarOfColumn } from '../execution/off-calendar.ts';
import type { Decision } from '../execution/schedule.ts';
import { simulateWeights } from '../execution/simulation.ts';
import { annualisationDays, type CalendarId } from '../returns/calendar.ts';
import type { IsoDate } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';
import { byCodeUnits } from '../shared/order.ts';
import { LogReturns } from './log-returns.ts';
import { macroPath, type MacroPath } from './macro-regime.ts';
import { type OverlayName, type Overlays } from './parameters.ts';
import {
  type Earned,
  inOrder,
  macroStage,
  moreiraMuirStage,
  type NotEvaluated,
  type OverlaidDecision,
  type Stage,
  volTargetStage,
} from './stages.ts';

export interface OverlayInput {
  /** Positions on the dates on which they were decided. */
  readonly positions: DatedTable;
  /** Daily closes of every column, and of the index symbols where the macro regime is used. */
  readonly prices: DatedTable;
  readonly parameters: Overlays;
  /** Calendar of columns that name no exchange. */
  readonly calendar?: CalendarId | null;
  readonly emptyWeights?: EmptyWeights;
}

/** What the macro scaler did to gross exposure in the end: gross with k over gross with k = 1, on one date. */
export interface EffectiveMacro {
  readonly date: IsoDate;
  readonly k: number;
  /** Null where nothing is held. */
  readonly factor: number | null;
  /** `MACRO_NOOP`: k is not 1, and gross exposure is what it is without it. */
  readonly isNoOp: boolean;
}

export interface Overlaid {
  readonly parameters: Overlays;
  readonly annualisationDays: number;
  readonly columns: readonly string[];
  readonly decisions: readonly OverlaidDecision[];
  /** Dates on which no position is produced. */
  readonly notEvaluated: readonly NotEvaluated[];
  /** Null where the macro regime is not among the overlays. */
  readonly macro: {
    readonly fred: MacroPath['fred'];
    readonly samples: MacroPath['samples'];
    readonly effective: readonly EffectiveMacro[];
    readonly noOps: number;
  } | null;
  readonly flags: readonly 'MACRO_NOOP'[];
}

/** A scaler that changes gross exposure by less than this share changes nothing. */
const noOpTolerance = 1e-12;

const grossOf = ({ weights }: Decision): number => weights.reduce((sum, weight) => sum + Math.abs(weight), 0);

function effectiveOf(decisions: readonly OverlaidDecision[], without: readonly OverlaidDecision[]): EffectiveMacro[] {
  const plain = new Map(without.map((decision) => [decision.date, grossOf(decision)]));
  return decisions.flatMap((decision) => {
    const state = decision.states.find(({ overlay }) => overlay === 'macro');
    if (state?.overlay !== 'macro') return [];
    const gross = plain.get(decision.date) ?? 0;
    const factor = gross === 0 ? null : grossOf(decision) / gross;
    return [{ date: decision.date, k: state.k, factor, isNoOp: state.k !== 1 && factor !== null && Math.abs(factor - 1) <= noOpTolerance }];
  });
}

/** Gross returns of a path of positions over prices: lag 0, drift, nothing charged. */
function earnedOn(prices: DatedTable, columns: readonly string[], calendar: CalendarId | null): Earned {
  return (decisions) => {
    const weights: DatedTable = {
      dates: decisions.map(({ date }) => date),
      columns,
      values: columns.map((_, column) => Float64Array.from(decisions, (decision) => decision.weights[column]!)),
    };
    const { path, figures } = simulateWeights({ weights, market: { kind: 'prices', table: prices }, calendar });
    return { series: { dates: path.dates, values: path.grossReturn }, openingDate: figures.openingDate };
  };
}

interface Stages {
  readonly stages: Readonly<Record<OverlayName, (forced: number | null) => Stage>>;
  readonly macro: MacroPath | null;
}

function stagesOf(
  { prices, parameters, calendar = null }: OverlayInput,
  columns: readonly string[],
  perYear: number,
  calendars: readonly CalendarId[],
): Stages {
  const { vol, macro: regime, order } = parameters;
  const macro = order.includes('macro') ? macroPath(prices, regime, perYear) : null;
  const volStage =
    vol.method === 'vol_target'
      ? volTargetStage(LogReturns.ofPrices(prices, columns), vol, perYear)
      : moreiraMuirStage(earnedOn(prices, columns, calendar), vol, calendars);
  return {
    macro,
    stages: { vol: () => volStage, macro: (forced) => macroStage(macro ?? { samples: [], fred: 'not_evaluated' }, regime, forced) },
  };
}

/**
 * Applies overlays to a path of positions, in the order of the parameters, with what each saw on each date. Where a later vol target takes
 * back what the macro scaler did, that is measured and flagged: gross exposure with the scaler over gross exposure without it.
 *
 * Errors: SchemaViolation, ExchangeUnknown, PricesMissing, IntegrityFailed, and those of simulating under `moreira_muir`.
 */
export function applyOverlays(input: OverlayInput): Overlaid {
  const { positions, parameters } = input;
  const book = bookColumnsOf(positions);
  const columns = book.map(({ name }) => name);
  const given = decisionsOf(positions, book, input.emptyWeights ?? 'refuse').map((decision) => ({ ...decision, states: [] }));
  const ofColumns = columns.map((name) => calendarOfColumn(name, input.calendar ?? null));
  const calendars = [...new Set(ofColumns)].toSorted(byCodeUnits);
  const perYear = annualisationDays(calendars);
  const { stages, macro } = stagesOf(input, columns, perYear, calendars);
  const run = (forced: number | null) => inOrder(parameters.order.map((name) => stages[name](forced)))(given);
  const { decisions, notEvaluated } = run(null);
  const effective = macro === null ? [] : effectiveOf(decisions, run(1).decisions);
  const noOps = effective.filter(({ isNoOp }) => isNoOp).length;
  return {
    parameters,
    annualisationDays: perYear,
    columns,
    decisions,
    notEvaluated,
    macro: macro === null ? null : { fred: macro.fred, samples: macro.samples, effective, noOps },
    flags: noOps > 0 ? ['MACRO_NOOP'] : [],
  };
}

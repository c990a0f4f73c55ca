import type { CalendarId } from '../returns/calendar.ts';
import { periodEnds } from '../returns/periods.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { type Decision, lastAtOrBefore } from '../execution/schedule.ts';
import type { LogReturns } from './log-returns.ts';
import { type MacroPath, type MacroSample, sampleAt } from './macro-regime.ts';
import { earnedMonth, exposureAfter, type ManagedExposure, monthsOf } from './moreira-muir.ts';
import type { MacroRegime, MoreiraMuir, OverlayName, VolTarget } from './parameters.ts';
import { volTargeted, type VolTargetState } from './vol-target.ts';

/** What an overlay saw and did on a date. */
export type OverlayState =
  | ({ readonly overlay: 'vol'; readonly method: 'vol_target' } & VolTargetState)
  | ({ readonly overlay: 'vol'; readonly method: 'moreira_muir' } & ManagedExposure)
  | ({ readonly overlay: 'macro' } & Pick<MacroSample, 'k' | 'volatility' | 'breadth' | 'raw'> & { readonly sampledOn: IsoDate });

/** Positions after some overlays, with what each of these recorded. */
export interface OverlaidDecision extends Decision {
  readonly states: readonly OverlayState[];
}

/** No position is produced on this date, and why. */
export interface NotEvaluated {
  readonly date: IsoDate;
  readonly overlay: OverlayName;
  readonly reason: string;
}

export interface StageOutcome {
  readonly decisions: readonly OverlaidDecision[];
  readonly notEvaluated: readonly NotEvaluated[];
}

export type Stage = (decisions: readonly OverlaidDecision[]) => StageOutcome;

type Applied = OverlaidDecision | NotEvaluated;

function outcomeOf(applied: readonly Applied[]): StageOutcome {
  const decisions = applied.filter((each) => 'weights' in each);
  const notEvaluated = applied.filter((each) => 'reason' in each);
  return { decisions, notEvaluated };
}

function scaled(decision: OverlaidDecision, k: number, state: OverlayState): OverlaidDecision {
  return { ...decision, weights: decision.weights.map((weight) => weight * k), states: [...decision.states, state] };
}

/** The same positions again on more dates, from the first of their own on. */
function withRowsOn(decisions: readonly OverlaidDecision[], dates: readonly IsoDate[]): readonly OverlaidDecision[] {
  const own = decisions.map(({ date }) => date);
  const all = [...new Set([...own, ...dates])].toSorted();
  return all.flatMap((date) => {
    const newest = decisions[lastAtOrBefore(own, date)];
    return newest === undefined ? [] : [{ ...newest, date }];
  });
}

export function volTargetStage(returns: LogReturns, target: VolTarget, annualisationDays: number): Stage {
  return (decisions) =>
    outcomeOf(
      decisions.map((decision): Applied => {
        const { date } = decision;
        const outcome = volTargeted(decision.weights, date, returns, target, annualisationDays);
        if (outcome.weights === null) return { date, overlay: 'vol', reason: outcome.reason };
        const state: OverlayState = { overlay: 'vol', method: 'vol_target', ...outcome.state };
        return { ...decision, weights: outcome.weights, states: [...decision.states, state] };
      }),
    );
}

/** Strategy returns of a path of positions, before costs, and the close at which they open. */
export type Earned = (decisions: readonly Decision[]) => { readonly series: ReturnSeries; readonly openingDate: IsoDate };

/** Positions times the exposure of their month; a row is added at the last close of each month, where exposure changes. */
export function moreiraMuirStage(earned: Earned, parameters: MoreiraMuir, calendars: readonly CalendarId[]): Stage {
  return (decisions) => {
    const { series, openingDate } = earned(decisions);
    const months = monthsOf(series, openingDate, calendars);
    const closes = periodEnds(series.dates, 'month').map((row) => series.dates[row]!);
    // The last row closes its month only where no session of it is left.
    const changes = closes.filter((date) => earnedMonth(date, series.dates, calendars) !== date.slice(0, 7));
    return outcomeOf(
      withRowsOn(decisions, changes).map((decision): Applied => {
        const month = earnedMonth(decision.date, series.dates, calendars);
        const exposure = exposureAfter(
          months.filter((each) => each.month < month),
          month,
          parameters,
        );
        if (exposure.k === null) return { date: decision.date, overlay: 'vol', reason: `the variance before ${month} is zero` };
        return scaled(decision, exposure.k, { overlay: 'vol', method: 'moreira_muir', ...exposure });
      }),
    );
  };
}

/** Positions times the macro scaler; `forced` takes another scaler on the same rows, to measure what the first one did. */
export function macroStage(path: MacroPath, regime: MacroRegime, forced: number | null = null): Stage {
  return (decisions) => {
    const rows =
      regime.rows === 'weekly'
        ? withRowsOn(
            decisions,
            path.samples.map(({ date }) => date),
          )
        : decisions;
    return outcomeOf(
      rows.map((decision): Applied => {
        const sample = sampleAt(path, decision.date);
        if (sample === null) return { date: decision.date, overlay: 'macro', reason: 'no week before has volatility and breadth' };
        const { k, volatility, breadth, raw, date: sampledOn } = sample;
        return scaled(decision, forced ?? k, { overlay: 'macro', k: forced ?? k, volatility, breadth, raw, sampledOn });
      }),
    );
  };
}

/** One stage behind the other; dates that a stage leaves out are out for the next. */
export function inOrder(stages: readonly Stage[]): Stage {
  return (decisions) =>
    stages.reduce<StageOutcome>(
      (before, stage) => {
        const after = stage(before.decisions);
        return { decisions: after.decisions, notEvaluated: [...before.notEvaluated, ...after.notEvaluated] };
      },
      { decisions, notEvaluated: [] },
    );
}

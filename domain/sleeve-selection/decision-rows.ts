import { planWindows, type PartialLastWindow, type WindowPlan } from '../walk-forward/walk-forward.ts';

/** A decision on who enters, by the rows of the grid that it reads: [first, end). */
export interface DecisionRows {
  /** `static`: once for the whole run. `window`: for one window of the walk-forward. `live`: for the weights to hold from now on. */
  readonly scope: 'static' | 'window' | 'live';
  /** Number of the window; null beside `window`. */
  readonly window: number | null;
  readonly first: number;
  readonly end: number;
}

export interface DecisionPlan extends WindowPlan {
  readonly partialLastWindow: PartialLastWindow;
  /** Whether each window selects again on its own training rows. */
  readonly isDynamic: boolean;
}

/**
 * Every decision of a sleeve on a grid of so many rows. A static one reads the rows of the live weights, the last of the grid, and knows
 * how the windows before it went on. Errors: HistoryTooShort when not one window fits; ManifestInvalid.
 */
export function decisionRows(rows: number, plan: DecisionPlan): DecisionRows[] {
  const { windows } = planWindows(rows, plan, plan.partialLastWindow);
  const last = { window: null, first: rows - plan.trainWindow, end: rows };
  if (!plan.isDynamic) return [{ scope: 'static', ...last }];
  return [
    ...windows.map(({ trainFirst, testFirst }, window) => ({ scope: 'window', window, first: trainFirst, end: testFirst }) as const),
    { scope: 'live', ...last },
  ];
}

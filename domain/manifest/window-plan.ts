import type { PartialLastWindow, WindowPlan } from '../walk-forward/walk-forward.ts';
import type { ResolvedBlocks } from './blocks.ts';

/** The windows of a walk-forward as a resolved manifest sets them. */
export function windowPlanOf(backtest: ResolvedBlocks['backtest']): WindowPlan & { readonly partialLastWindow: PartialLastWindow } {
  return {
    trainWindow: backtest.train_window,
    testWindow: backtest.test_window,
    stepSize: backtest.step_size,
    partialLastWindow: backtest.partial_last_window,
  };
}

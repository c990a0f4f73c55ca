import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { regimeSummary } from '../regime/regime-summary.ts';
import type { WindowRegimes } from '../regime/window-regimes.ts';
import { draftSleeveRun, type SleeveRunDraft } from './slice.ts';

/** One fact where regimes were read, else none. */
export function regimesFacts(regimes: WindowRegimes | null, staged: StagedArtifacts): SleeveRunDraft[] {
  return regimes === null ? [] : [regimesFact(regimes, staged)];
}

/** The regimes of a sleeve run as a fact; every reading is staged as a document. */
export function regimesFact(regimes: WindowRegimes, staged: StagedArtifacts): SleeveRunDraft {
  const { live, ...summary } = regimeSummary(regimes);
  return draftSleeveRun('RegimesDetected', {
    spectral: regimes.spectral,
    ...summary,
    live: { ...live, unreachable: [...live.unreachable] },
    detail: staged.document('regimes', regimes),
  });
}

import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import type { Grid } from '../../returns/grid.ts';
import type { ReturnMatrix } from '../../returns/series.ts';
import type { EligibilityInput, GradedProfile } from '../../run/grade.ts';
import type { SelectionJob, SleeveSelection } from '../../sleeve-selection/job.ts';
import { signTestedSleeve, signTestEvidence, type TestedStreams, testedStreams } from '../../sleeve-selection/sign-tested.ts';
import { streamNamesOf } from '../../sleeve-selection/sleeve-job.ts';
import { heldStreams } from '../../sleeve-selection/streams.ts';

/** What a sleeve that may be short is solved on: both atoms of every symbol, tested before anything is solved. */
export interface Directions {
  readonly streams: ReturnMatrix;
  readonly tested: TestedStreams;
}

/** Null in a sleeve without directions. */
export function directionsOf({ returns }: Grid, job: SelectionJob | null): Directions | null {
  if (job === null || !job.settings.short_direction) return null;
  const streams = heldStreams(returns, streamNamesOf(job));
  return { streams, tested: testedStreams(returns, streams) };
}

/** With `feat_directional_sign_test_gate` nothing is solved on streams that have not passed the sign test. */
export function isGateClosed(directions: Directions | null, { blocks }: Pick<ResolvedProfile, 'blocks'>): boolean {
  if (directions === null || !blocks.features.feat_directional_sign_test_gate) return false;
  return signTestedSleeve(directions.tested, []).verdict !== 'pass';
}

/** The sign test for the grade: of every stream and of every weight that was solved; a sleeve without directions has no stream to turn. */
export function signTestOf(
  directions: Directions | null,
  selection: SleeveSelection | null,
  profiles: readonly GradedProfile[],
): EligibilityInput['signTest'] {
  if (directions === null)
    return { status: 'not_applicable', detail: 'every stream is the return of its symbol: no synthetic short streams' };
  if (selection?.verdict === 'failed') return { status: 'unknown', detail: 'not reached' };
  const turned = profiles.flatMap(({ turned: below = [] }) => below);
  const optimised = turned.map(({ symbol, weight }) => ({ symbol, direction: 'SHORT', netWeight: weight }));
  return signTestEvidence(signTestedSleeve(directions.tested, optimised));
}

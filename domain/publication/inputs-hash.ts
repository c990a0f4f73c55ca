import { hashOfJson, type Sha256 } from '../shared/hashing.ts';
import type { MetaPortfolioDefined } from './events.ts';

export interface InputRun {
  readonly path: readonly string[];
  readonly runId: string;
}

/** Names what a decision rests on: the definition, the sleeve runs in its order, the waivers that stand. The same is decided on once. */
export function inputsHashOf(
  sha256: Sha256,
  { definitionHash, risk }: MetaPortfolioDefined,
  runs: readonly InputRun[],
  waiverIds: readonly string[],
): string {
  return hashOfJson(sha256, [definitionHash, risk, runs.map(({ path, runId }) => [path.join('/'), runId]), waiverIds.toSorted()]);
}

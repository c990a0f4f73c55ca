import { invariant } from '../../domain/shared/errors.ts';
import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { loadJson } from '../artifacts/artifact-files.ts';
import type { ReferencedArtifacts } from '../messages/reported-run.ts';
import { readSleeveResult } from '../messages/result-rules.ts';
import type { SleeveResult } from '../messages/sleeve-result.ts';
import type { Artifacts } from '../ports/ports.ts';

export interface RecordedResult {
  readonly result: SleeveResult;
  readonly artifacts: ReferencedArtifacts;
}

/** A result that came as a message, as the ledger kept it. Errors: ArtifactMissing, ArtifactDamaged, MessageInvalid. */
export async function recordedResult(artifacts: Artifacts, { inputs, runId, rules }: SleeveRunOpened): Promise<RecordedResult> {
  let result: SleeveResult | null = null;
  const referenced = new Map<string, Uint8Array>();
  for (const input of inputs) {
    if (input.role === 'result') result = readSleeveResult(await loadJson(artifacts, input.document), rules);
    else if (input.role === 'returns') referenced.set(input.document.sha256, await artifacts.get(input.document.sha256));
  }
  invariant(result !== null, 'a run reported by message keeps its data', { runId });
  return { result, artifacts: referenced };
}

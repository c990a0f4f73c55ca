import { namedAndLeftOut } from '../../domain/allocation/sleeve/universe.ts';
import type { BacktestInput } from '../../domain/backtest/backtest.ts';
import type { BacktestStarted } from '../../domain/backtest-run/events.ts';
import { atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import { pathKey } from '../../domain/run/delivered-run.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import { recordedPrices, recordedSupply } from './rebuild-sleeve-run.ts';

/** What a backtest was computed from, by its first event and the artifacts named there. Errors: ArtifactMissing, ArtifactDamaged. */
export async function rebuildBacktest(artifacts: Artifacts, started: BacktestStarted): Promise<BacktestInput> {
  const { options, rules } = started;
  const node = await loadDocument(artifacts, 'meta-portfolio', started.definition);
  const sleeves: BacktestInput['sleeves'][number][] = [];
  for (const { path, sleeve } of atomicSleeves(node)) {
    const recorded = started.sleeves.find((one) => pathKey(one.path) === pathKey(path));
    invariant(recorded !== undefined, 'a backtest records every sleeve of its definition', { path });
    sleeves.push({
      path,
      sleeve,
      options: recorded.options,
      files: await recordedPrices(artifacts, recorded.inputs),
      supply: await recordedSupply(artifacts, recorded.inputs),
      leftOut: namedAndLeftOut(sleeve.resolved, recorded.options),
      sourceRunId: recorded.sourceRunId,
    });
  }
  return { node, options, rules, sleeves };
}

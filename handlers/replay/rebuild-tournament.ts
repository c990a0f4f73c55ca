import { namedAndLeftOut } from '../../domain/allocation/sleeve/universe.ts';
import type { TournamentStarted } from '../../domain/tournament-run/events.ts';
import type { TournamentInput } from '../../domain/tournament-run/identity.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import { importedSeries } from '../runs/imported-streams.ts';
import { recordedPrices, recordedSupply } from './rebuild-sleeve-run.ts';

/** What a tournament was computed from, by its first event and the artifacts named there. Errors: ArtifactMissing, ArtifactDamaged. */
export async function rebuildTournament(artifacts: Artifacts, started: TournamentStarted): Promise<TournamentInput> {
  const { sleeve, axes, options, sourceRunId, imported = [], rules } = started;
  const resolved = await loadDocument(artifacts, 'resolved-profile', started.definition);
  const files = await recordedPrices(artifacts, started.inputs);
  const supply = await recordedSupply(artifacts, started.inputs);
  return {
    sleeve,
    resolved,
    axes,
    options,
    files,
    supply,
    leftOut: namedAndLeftOut(resolved, options),
    sourceRunId,
    imported: await importedSeries(artifacts, imported),
    rules,
  };
}

import { blocksWon, type ProfileLine, rankedProfiles } from '../../domain/forensics/profile-table.ts';
import { tableAsSeries } from '../../domain/returns/dated-tables.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { SleeveRunEvent } from '../../domain/sleeve-run/slice.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { atOnce } from '../runtime/at-once.ts';

/**
 * The profiles that a recorded sleeve run solved, by their net out-of-sample returns, best Sharpe ratio first. It is a table: nothing is
 * recorded, and no trial is counted. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function profileRanking({ artifacts }: Pick<Ports, 'artifacts'>, facts: readonly SleeveRunEvent[]): Promise<ProfileLine[]> {
  const measured = await atOnce(dataOf(facts, 'SleeveProfileSolved'), async ({ risk, outOfSample: { metrics, returns } }) => {
    const { values } = tableAsSeries(await loadTable(artifacts, returns));
    return { risk, metrics, blocksWon: blocksWon(values) };
  });
  return rankedProfiles(measured);
}

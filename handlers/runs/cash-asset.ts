import { type CashAsset, cashAssetAmong, cashAssetIn } from '../../domain/allocation/cash.ts';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';

/**
 * What a recorded sleeve run or meta run holds cash in, by the definition that its first event names. Errors: ArtifactMissing,
 * ArtifactDamaged, ChainBroken.
 */
export async function cashAssetOfRun(artifacts: Artifacts, [opened]: readonly DomainEvent[]): Promise<CashAsset> {
  if (opened?.type === 'MetaRunOpened') return cashAssetIn(await loadDocument(artifacts, 'meta-portfolio', opened.data.definition));
  if (opened?.type !== 'SleeveRunOpened') throw new LedgerError('ChainBroken', `a run begins with ${opened?.type ?? 'nothing'}`);
  const { source, definition } = opened.data;
  if (source === 'import') return cashAssetAmong((await loadDocument(artifacts, 'imported-definition', definition)).leaves);
  if (source === 'message') return cashAssetAmong((await loadDocument(artifacts, 'told-definition', definition)).leaves);
  return cashAssetIn(await loadDocument(artifacts, 'resolved-profile', definition));
}

import type { NotAllocated } from '../run/allocated-weights.ts';
import type { MetaPortfolioCommand } from './commands.ts';
import type { MetaPortfolioDefined } from './events.ts';

/** The command that notes why new results could not be allocated. The evidence is kept as plain JSON. */
export function refusalOf(
  { meta, number }: MetaPortfolioDefined,
  inputsHash: string,
  runId: string | null,
  { code, message, evidence }: NotAllocated,
): Extract<MetaPortfolioCommand, { kind: 'RefuseReallocation' }> {
  const plain = JSON.parse(JSON.stringify(evidence)) as Record<string, unknown>;
  return {
    kind: 'RefuseReallocation',
    refusal: { meta, definitionNumber: number, inputsHash, runId, code, reason: message, evidence: plain },
  };
}

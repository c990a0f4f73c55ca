import { publicationPolicyOf } from '../../domain/manifest/publication-policy.ts';
import { profileIdentity } from '../../domain/manifest/identity.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import { atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import { isSameDefinition } from '../../domain/publication/definition.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import { checkedPortfolios, consumes } from '../runs/checked-portfolios.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { definitionOf, proposalName } from './apply-manifest.ts';

/**
 * Under maker_checker a portfolio is allocated as it is in force, or not at all: a changed manifest allocates nothing that looks like the
 * portfolio's own. Errors: DefinitionUnapproved, and those of `definitionOf`.
 */
export async function requireApprovedPortfolio(session: Session, manifest: Manifest, meta: string): Promise<void> {
  const { definition: inForce, proposed } = await streams.metaPortfolio.state(session, meta);
  // A portfolio that the ledger does not know has nothing in force: its runs are computations, and no worker looks at them.
  if (inForce === null && proposed === null) return;
  if (inForce?.policy.maker_checker !== true && !publicationPolicyOf(manifest, meta).maker_checker) return;
  const definition = await definitionOf(session, manifest, meta, new StagedArtifacts(session.ports.crypto.sha256));
  if (isSameDefinition(inForce, definition)) return;
  const waits =
    proposed !== null && isSameDefinition(proposed, definition)
      ? `${proposalName(meta, proposed.proposal)} waits for approval`
      : 'nobody has proposed it: `manifest apply`';
  const instead = inForce === null ? 'no definition is in force' : `definition ${inForce.number} is in force`;
  throw new LedgerError(
    'DefinitionUnapproved',
    `${meta} is under maker_checker and the manifest defines it otherwise: ${instead}, and ${waits}`,
    {
      evidence: { meta, inForce: inForce?.number ?? null, proposed: proposed?.proposal ?? null },
    },
  );
}

/**
 * The same of a sleeve: what portfolios under maker_checker consume is computed with the settings that were approved with them. Errors:
 * DefinitionUnapproved.
 */
export async function requireApprovedSleeve({ ports }: Session, manifest: Manifest, sleeve: string): Promise<void> {
  const written = canonicalJson(profileIdentity(resolveProfile(manifest, sleeve)));
  for (const portfolio of await checkedPortfolios(ports.store)) {
    if (!consumes(portfolio, sleeve)) continue;
    const node = await loadDocument(ports.artifacts, 'meta-portfolio', portfolio.definition);
    const approved = atomicSleeves(node).filter((one) => one.sleeve.requested === sleeve);
    if (approved.every((one) => canonicalJson(profileIdentity(one.sleeve.resolved)) === written)) continue;
    const { meta, number } = portfolio;
    throw new LedgerError(
      'DefinitionUnapproved',
      `sleeve ${sleeve} belongs to ${meta}, which is under maker_checker, and the manifest defines it otherwise than definition ${number}`,
      { evidence: { sleeve, meta, inForce: number } },
    );
  }
}

import type { Manifest, MetaProfile } from '../../domain/manifest/schema.ts';
import { applyManifest } from '../../handlers/commands/apply-manifest.ts';
import { createToken, type MadeToken } from '../../handlers/commands/create-token.ts';
import { reallocate } from '../../handlers/reaction/reallocate.ts';
import { RecordedInputs } from '../../handlers/runs/recorded-inputs.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { streams } from '../../handlers/runtime/streams.ts';
import { demoMeta } from './manifest.ts';

const approver = 'demo-approver';

function withEqualWeights({ profiles, ...rest }: Manifest): Manifest {
  return {
    ...rest,
    profiles: { ...profiles, [demoMeta]: { ...(profiles[demoMeta] as MetaProfile), meta_allocation: { profile: 'equal_weight' } } },
  };
}

/**
 * Publishes the portfolio of the demonstration at equal weights and defines it then as its manifest does, as somebody would who changes the
 * philosophy of a portfolio in force: the rebalance trades more than its policy lets pass, and waits for approval. Answers the token of
 * somebody who may approve it.
 */
export async function leaveToDecide(session: Session, manifest: Manifest): Promise<MadeToken> {
  const { definition } = await streams.metaPortfolio.state(session, demoMeta);
  const inputs = new RecordedInputs(session.ports);
  for (const defined of definition === null ? [withEqualWeights(manifest), manifest] : [manifest]) {
    await applyManifest(session, defined, [demoMeta]);
    await reallocate(session, inputs, demoMeta);
  }
  return createToken(session, { holder: approver, roles: ['operator', 'approver'], days: 1 });
}

import { applyManifest } from '../../handlers/commands/apply-manifest.ts';
import { createToken, type MadeToken } from '../../handlers/commands/create-token.ts';
import { reallocate } from '../../handlers/reaction/reallocate.ts';
import { RecordedInputs } from '../../handlers/runs/recorded-inputs.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { DemoInputs } from './inputs.ts';
import { demoMeta } from './manifest.ts';

const approver = 'demo-approver';

/**
 * Defines the portfolio of the demonstration and looks at it once, as a worker does: buying all of it trades more than its policy lets pass,
 * so the rebalance waits for approval. Answers the token of somebody who may approve it.
 */
export async function leaveToDecide(session: Session, { manifest }: DemoInputs): Promise<MadeToken> {
  await applyManifest(session, manifest, [demoMeta]);
  await reallocate(session, new RecordedInputs(session.ports), demoMeta);
  return createToken(session, { holder: approver, roles: ['operator', 'approver'], days: 1 });
}

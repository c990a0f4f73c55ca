/** Two portfolios over small sleeves, one of which asks for a second person. */
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { approveDefinition } from '../../../handlers/commands/settle-definition.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { memoryLedger } from '../replay/world.ts';

export interface LooseDesk {
  /** `strict` consumes `bonds` and `gold` under maker_checker, `free` `bonds` and `coins` without. */
  readonly profiles: Record<string, Record<string, unknown>>;
}

const over = (...sleeves: readonly string[]) => sleeves.map((id) => ({ id, profile: id }));

export function smallDesk(change: (desk: LooseDesk) => void = () => undefined): Manifest {
  const desk: LooseDesk = {
    profiles: {
      bonds: {},
      coins: {},
      gold: {},
      free: { sleeves: over('bonds', 'coins'), meta_allocation: 'hrp' },
      strict: { sleeves: over('bonds', 'gold'), meta_allocation: 'hrp', publication: { maker_checker: true } },
    },
  };
  change(desk);
  return parseManifest(JSON.stringify(desk), 'manifest.json');
}

/** A sleeve or a portfolio with other settings. */
export const changed =
  (profile: string, settings: object) =>
  ({ profiles }: LooseDesk): void => {
    Object.assign(profiles[profile]!, settings);
  };

/** A ledger of the desk: applied, and approved by another person. */
export async function openSmallDesk(manifest: Manifest = smallDesk()): Promise<Session> {
  const { session } = memoryLedger();
  await applyManifest(session, manifest, null);
  await approveDefinition({ ...session, actor: 'checker' }, 'strict/1', 'agreed');
  return session;
}

import { requireRiskProfile } from '../../domain/manifest/risk-profiles.ts';
import { resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { metaAllocationDefaults } from '../../domain/manifest/defaults.ts';
import type { AllocationQuery } from '../../handlers/queries/allocations.ts';
import { riskInForce } from '../../handlers/queries/risk-in-force.ts';
import { publicationInForce } from '../../handlers/runs/publication-in-force.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dateFlag, ledgerTimeFlag, requiredFlag, textFlag } from './flags.ts';
import { readManifest } from './manifest-input.ts';
import type { Flag, FlagValues, VerbContext } from './verb.ts';

export const ofRunFlag: Flag = { flags: '--run <id>', summary: 'of this meta run, whether it counts or not' };

/**
 * Without --risk, the profile of the portfolio's definition in force. A portfolio that the ledger only records runs of has it in the
 * manifest, and where there is no manifest either the one that a manifest leaves out.
 */
async function riskOf(context: VerbContext, meta: string, knownAt: string | null): Promise<string> {
  const inForce = await riskInForce((await context.reading()).ports, meta, knownAt);
  if (inForce !== null) return inForce;
  if (!(await context.tools.files.exists(context.settings.manifest))) return metaAllocationDefaults.profile;
  return resolveMeta(await readManifest(context), meta).allocation.profile;
}

export async function allocationQuery(context: VerbContext, flags: FlagValues): Promise<AllocationQuery> {
  const meta = requiredFlag(flags, 'meta');
  const asked = textFlag(flags, 'risk');
  const time = { asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
  const risk = asked === null ? await riskOf(context, meta, time.knownAt) : requireRiskProfile(asked);
  return { meta, risk, ...time, runId: textFlag(flags, 'run') };
}

/** Without --risk, the profile that was published. Errors: NothingPublished. */
export async function publishedQuery(context: VerbContext, flags: FlagValues): Promise<AllocationQuery> {
  const meta = requiredFlag(flags, 'meta');
  if (textFlag(flags, 'run') !== null) throw new LedgerError('Usage', '--published and --run: give one of them', { at: { path: '--run' } });
  const time = { asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
  const risk = textFlag(flags, 'risk') ?? (await publicationInForce((await context.reading()).ports, { meta, ...time })).risk;
  return { meta, risk, ...time };
}

import { z } from 'zod';
import { type RiskProfile, riskProfiles } from '../risk/schemas.ts';
import { LedgerError } from '../shared/errors.ts';
import { suggestion } from '../shared/suggest.ts';

/** Named in the documents' manifests, so they parse; asking for one is answered by name, never by another profile. */
export const parsedOnlyRiskProfiles = ['adaptive', 'market_neutral', 'raw_pool_ew', 'erc'] as const;

/** A risk profile as a manifest may name it: those that are computed, and those that are only known. */
export const namedRiskProfileSchema = z.enum([...riskProfiles, ...parsedOnlyRiskProfiles]);

export function isExecutedRiskProfile(name: string): name is RiskProfile {
  return (riskProfiles as readonly string[]).includes(name);
}

/** A risk profile by its name. Errors: ProfileNotAvailable for one that is only parsed; Usage for a name that is none. */
export function requireRiskProfile(name: string): RiskProfile {
  if (isExecutedRiskProfile(name)) return name;
  if ((parsedOnlyRiskProfiles as readonly string[]).includes(name))
    throw new LedgerError('ProfileNotAvailable', `the risk profile ${name} is not computed; there are ${riskProfiles.join(', ')}`, {
      at: { path: name },
    });
  throw new LedgerError('Usage', `there is no risk profile ${name}${suggestion(name, riskProfiles)}`, { at: { path: name } });
}

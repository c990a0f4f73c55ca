import { z } from 'zod';
import { type RiskProfile, riskProfiles } from '../risk/schemas.ts';

/** Named in the documents' manifests, so they parse; asking for one is answered by name, never by another profile. */
export const parsedOnlyRiskProfiles = ['adaptive', 'market_neutral', 'raw_pool_ew', 'erc'] as const;

/** A risk profile as a manifest may name it: those that are computed, and those that are only known. */
export const namedRiskProfileSchema = z.enum([...riskProfiles, ...parsedOnlyRiskProfiles]);

export function isExecutedRiskProfile(name: string): name is RiskProfile {
  return (riskProfiles as readonly string[]).includes(name);
}

import { z } from 'zod';
import {
  commonRiskProfiles,
  furtherRiskProfiles,
  matrixRiskProfiles,
  type MatrixRiskProfile,
  type RiskProfile,
  riskProfiles,
  riskProfileSchema,
} from '../risk/schemas.ts';
import { LedgerError } from '../shared/errors.ts';
import { suggestion } from '../shared/suggest.ts';

/** Named in the documents' manifests, so they parse; asking for one is answered by name, never by another profile. */
export const parsedOnlyRiskProfiles = ['erc'] as const;

/** A risk profile as a manifest may name it: those that are computed, and those that are only known. */
export const namedRiskProfileSchema = z.enum([...riskProfileSchema.options, ...parsedOnlyRiskProfiles]);

export function isExecutedRiskProfile(name: string): name is RiskProfile {
  return (riskProfileSchema.options as readonly string[]).includes(name);
}

/** Profiles that a sleeve computes: some need a selection, and under the first rules there were none but the common ones. */
export function profilesComputedUnder(selectionMode: string, rules: number): readonly RiskProfile[] {
  if (rules < 2) return commonRiskProfiles;
  return selectionMode === 'none' ? [...commonRiskProfiles, ...furtherRiskProfiles] : riskProfiles;
}

/** Profiles that a portfolio of sleeves has too. */
export function hasMetaProfile(name: string): name is Exclude<RiskProfile, 'market_neutral'> {
  return isExecutedRiskProfile(name) && name !== 'market_neutral';
}

/** A risk profile of a portfolio by its name. Errors: ProfileNotAvailable for one of sleeves alone; those of `requireRiskProfile`. */
export function requireMetaProfile(name: string): RiskProfile {
  const risk = requireRiskProfile(name);
  if (hasMetaProfile(risk)) return risk;
  throw new LedgerError('ProfileNotAvailable', `${risk} is a profile of sleeves: no portfolio is allocated by it`, { at: { path: name } });
}

/** A risk profile by its name. Errors: ProfileNotAvailable for one that is only parsed; Usage for a name that is none. */
export function requireRiskProfile(name: string): RiskProfile {
  if (isExecutedRiskProfile(name)) return name;
  if ((parsedOnlyRiskProfiles as readonly string[]).includes(name))
    throw new LedgerError(
      'ProfileNotAvailable',
      `the risk profile ${name} is not computed; there are ${riskProfileSchema.options.join(', ')}`,
      {
        at: { path: name },
      },
    );
  throw new LedgerError('Usage', `there is no risk profile ${name}${suggestion(name, riskProfileSchema.options)}`, { at: { path: name } });
}

/** Whether a profile follows from one matrix of returns. */
export function isMatrixRiskProfile(name: string): name is MatrixRiskProfile {
  return (matrixRiskProfiles as readonly string[]).includes(name);
}

/** A risk profile that can compete in a tournament, by its name. Errors: ProfileNotAvailable, Usage. */
export function requireMatrixRiskProfile(name: string): MatrixRiskProfile {
  const risk = requireRiskProfile(name);
  if (isMatrixRiskProfile(risk)) return risk;
  throw new LedgerError('ProfileNotAvailable', `${risk} is a choice among the profiles that compete, and no entrant of its own`, {
    at: { path: risk },
  });
}

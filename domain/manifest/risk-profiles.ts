import { z } from 'zod';
import { type MatrixRiskProfile, type RiskProfile, riskProfiles, riskProfileSchema } from '../risk/schemas.ts';
import { LedgerError } from '../shared/errors.ts';
import { suggestion } from '../shared/suggest.ts';

/** Named in the documents' manifests, so they parse; asking for one is answered by name, never by another profile. */
export const parsedOnlyRiskProfiles = ['market_neutral', 'raw_pool_ew', 'erc'] as const;

/** A risk profile as a manifest may name it: those that are computed, and those that are only known. */
export const namedRiskProfileSchema = z.enum([...riskProfileSchema.options, ...parsedOnlyRiskProfiles]);

export function isExecutedRiskProfile(name: string): name is RiskProfile {
  return (riskProfileSchema.options as readonly string[]).includes(name);
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
  return (riskProfiles as readonly string[]).includes(name);
}

/** A risk profile that can compete in a tournament, by its name. Errors: ProfileNotAvailable, Usage. */
export function requireMatrixRiskProfile(name: string): MatrixRiskProfile {
  const risk = requireRiskProfile(name);
  if (isMatrixRiskProfile(risk)) return risk;
  throw new LedgerError('ProfileNotAvailable', `${risk} is a choice among the profiles that compete, and no entrant of its own`, {
    at: { path: risk },
  });
}

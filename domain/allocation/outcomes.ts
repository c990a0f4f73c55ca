import type { RiskProfile } from '../risk/schemas.ts';
import type { LedgerError } from '../shared/errors.ts';

/** A risk profile that the run cannot have. */
export interface AbsentProfile {
  readonly status: 'absent';
  readonly risk: RiskProfile;
  readonly reason: string;
}

/** A risk profile that ended with an error, which ends nothing else. */
export interface FailedProfile {
  readonly status: 'failed';
  readonly risk: RiskProfile;
  readonly error: LedgerError;
}

import type { CommonRiskProfile } from '../risk/schemas.ts';
import type { AdaptiveMapping, AggressorTable, SpectralFlag } from './schemas.ts';

/** Everything that decides what a regime is called and what follows from it, with nothing left to a default. */
export interface RegimeSettings {
  readonly spectral: SpectralFlag;
  readonly aggressorTable: AggressorTable;
  readonly adaptive: {
    readonly mapping: AdaptiveMapping;
    /** Where fewer than 30 rows were read. */
    readonly fallback: CommonRiskProfile;
  };
}

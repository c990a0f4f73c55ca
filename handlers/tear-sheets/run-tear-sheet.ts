import type { TearSheet } from '../../domain/tear-sheet/tear-sheet.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';

/** The tear sheet of one risk profile of a run. */
export interface RunTearSheet {
  readonly risk: RiskProfile;
  readonly sheet: TearSheet;
}

import { z } from 'zod';

export {
  adaptiveMappingSchema,
  aggressorTableSchema,
  quadrantSchema,
  regimeLabelSchema,
  type AdaptiveMapping,
  type AggressorTable,
  type Quadrant,
  type RegimeLabel,
} from '../risk/regime-names.ts';

/**
 * What turns NORMAL into TURBULENT. `off`: nothing. `noise`: a share of detail energy that white noise rarely has, or a corrected exponent.
 * `origin`: the documents' cuts, which nearly every window passes.
 */
export const spectralFlagSchema = z.enum(['off', 'noise', 'origin']);
export type SpectralFlag = z.infer<typeof spectralFlagSchema>;

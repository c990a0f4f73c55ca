import { z } from 'zod';

export {
  adaptiveMappingSchema,
  quadrantSchema,
  regimeLabelSchema,
  type AdaptiveMapping,
  type Quadrant,
  type RegimeLabel,
} from '../risk/regime-names.ts';

/**
 * What turns NORMAL into TURBULENT. `off`: nothing. `noise`: a share of detail energy that white noise rarely has, or a corrected exponent.
 * `origin`: the documents' cuts, which nearly every window passes.
 */
export const spectralFlagSchema = z.enum(['off', 'noise', 'origin']);
export type SpectralFlag = z.infer<typeof spectralFlagSchema>;

/** From where the barbell's aggressor fraction by regime is taken: the origin's code, or the specification's text. */
export const aggressorTableSchema = z.enum(['code', 'specification']);
export type AggressorTable = z.infer<typeof aggressorTableSchema>;

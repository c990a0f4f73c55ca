import { z } from 'zod';

export const quadrantSchema = z.enum(['EXPANSION', 'INFLATIONARY_TREND', 'STAGNATION', 'CRISIS', 'NORMAL']);
export type Quadrant = z.infer<typeof quadrantSchema>;

/**
 * What turns NORMAL into TURBULENT. `off`: nothing. `noise`: a share of detail energy that white noise rarely has, or a corrected exponent.
 * `origin`: the documents' cuts, which nearly every window passes.
 */
export const spectralFlagSchema = z.enum(['off', 'noise', 'origin']);
export type SpectralFlag = z.infer<typeof spectralFlagSchema>;

/** By what the adaptive profile chooses. */
export const adaptiveMappingSchema = z.enum(['quadrant', 'regime']);
export type AdaptiveMapping = z.infer<typeof adaptiveMappingSchema>;

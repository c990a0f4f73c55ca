import { z } from 'zod';

/** What regimes are called, for the solves that say in which one they were made. */
export const regimeLabelSchema = z.enum(['QUIET', 'NORMAL', 'TURBULENT', 'CRISIS']);
export type RegimeLabel = z.infer<typeof regimeLabelSchema>;

export const quadrantSchema = z.enum(['EXPANSION', 'INFLATIONARY_TREND', 'STAGNATION', 'CRISIS', 'NORMAL']);
export type Quadrant = z.infer<typeof quadrantSchema>;

/** By what the adaptive profile chooses. */
export const adaptiveMappingSchema = z.enum(['quadrant', 'regime']);
export type AdaptiveMapping = z.infer<typeof adaptiveMappingSchema>;

/** From where the barbell's aggressor fraction by regime is taken: the origin's code, or the specification's text. */
export const aggressorTableSchema = z.enum(['code', 'specification']);
export type AggressorTable = z.infer<typeof aggressorTableSchema>;

import { z } from 'zod';

/** What a detector calls the state of a market. */
export const regimeLabelSchema = z.enum(['QUIET', 'NORMAL', 'TURBULENT', 'CRISIS']);
export type RegimeLabel = z.infer<typeof regimeLabelSchema>;

/** From where the barbell's aggressor fraction by regime is taken: the origin's code, or the specification's text. */
export const aggressorTableSchema = z.enum(['code', 'specification']);
export type AggressorTable = z.infer<typeof aggressorTableSchema>;

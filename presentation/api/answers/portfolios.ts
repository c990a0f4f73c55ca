import { z } from 'zod';
export const comparisonResult = z.looseObject({});
export const explanationResult = z.looseObject({});
export const parityResult = z.looseObject({});
export const publicationsResult = z.looseObject({});
export const weightsResult = z.looseObject({});

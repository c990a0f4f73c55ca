import { z } from 'zod';
export const counterfactualResult = z.looseObject({});
export const runDifferenceResult = z.looseObject({});
export const runsResult = z.looseObject({});
export const timelineResult = z.looseObject({});

import { z } from 'zod';
export const waiverResult = z.looseObject({});
export const revocationResult = z.looseObject({});
export const switchResult = z.looseObject({});
export const approvalResult = z.looseObject({});
export const rejectionResult = z.looseObject({});
export const definitionDecisionResult = z.looseObject({});
export const letterDecisionResult = z.looseObject({});
export const quarantineResult = z.looseObject({});

import { z } from 'zod';
export const eventResult = z.looseObject({});
export const eventsResult = z.looseObject({});
export const proofResult = z.looseObject({});
export const verificationResult = z.looseObject({});

import { z } from 'zod';
import { isoDateSchema } from '../shared/artifact-reference.ts';
import { identity } from '../shared/fields.ts';

/** Parity violations that somebody accepted: a portfolio grants it, and its runs are judged with it. */
export const parityWaiverGrantedSchema = z.strictObject({
  waiverId: z.string(),
  meta: identity,
  who: z.string().min(1),
  why: z.string().min(1),
  paths: z.array(z.string()).min(1),
  /** The last as-of date that the waiver covers. */
  until: isoDateSchema,
});
export type ParityWaiverGranted = z.infer<typeof parityWaiverGrantedSchema>;

import { z } from 'zod';
import { identity } from '../shared/fields.ts';

/** Stream `sleeve-<profile>`: whether a sleeve is in use. What is accepted of it is vocabulary (domain/run/accepted-run.ts). */

export const sleeveQuarantinedSchema = z.strictObject({ sleeve: identity, number: z.number().int().positive(), why: z.string().min(1) });
export const sleeveReinstatedSchema = sleeveQuarantinedSchema;

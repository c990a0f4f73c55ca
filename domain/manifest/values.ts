import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { canonicalSymbol } from '../shared/symbol.ts';

/** Names become parts of stream names and files: letters, digits, `_` and `-` only, so that they are safe in both. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/, 'must be 1 to 80 letters, digits, _ or -, starting with a letter or digit');

export const runIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,120}$/, 'must be 1 to 120 letters, digits, _ or -');

const symbolPattern = /^[A-Z0-9_]+:[^\s,:]+$/;
const symbolWords = 'must read EXCHANGE:SYMBOL, such as NYSE:IBM';

/** `EXCHANGE:SYMBOL` as somebody writes it, split at the first colon; read in its one spelling. */
export const symbolSchema = z.string().overwrite(canonicalSymbol).regex(symbolPattern, symbolWords);

/** The same as it stands in a definition, which is read as it was recorded. */
export const recordedSymbolSchema = z.string().regex(symbolPattern, symbolWords);

/** A list that is too long is refused before its entries are looked at. */
function splitCommas(value: unknown, context: z.RefinementCtx, max: number): unknown {
  const parts: unknown = typeof value === 'string' ? value.split(',', max + 1) : value;
  if (Array.isArray(parts) && parts.length > max) {
    context.addIssue(`names more than ${max} entries`);
    return z.NEVER;
  }
  return typeof value === 'string' ? (parts as string[]).map((part) => part.trim()) : value;
}

/** The documents write lists as comma-separated strings; arrays are accepted too, and both become arrays. */
export function listOf<Schema extends z.ZodType<string>>(element: Schema, entriesMax: number = limits.manifestListEntriesMax) {
  return z.preprocess(
    (value, context) => splitCommas(value, context, entriesMax),
    z.array(element).refine((list) => new Set(list).size === list.length, 'names an entry twice'),
  );
}

export const wordSchema = z.string().min(1, 'must not be empty').max(200);
export const positiveInteger = z.number().int().min(1);
export const countSchema = z.number().int().min(0);
export const fractionSchema = z.number().min(0).max(1);

/** Members that the documents carry and this system only keeps: any JSON. */
export const opaqueSchema = z.json();

/**
 * Picks the schema by looking at the value, so that the problems reported are those of the form that was meant;
 * a plain union would report the problems of every form.
 */
export function dispatched<Output>(pick: (value: unknown) => z.ZodType<Output>) {
  return z.unknown().transform((value, context): Output => {
    const parsed = pick(value).safeParse(value, { reportInput: true });
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parameters that several endpoints take. */
import { z } from 'zod';
import { nameSchema } from '../../domain/manifest/values.ts';
import type { Parameter, VerbPlace } from './endpoint.ts';

const camel = (name: string): string => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const ofFlag = (name: string): VerbPlace => ({ kind: 'flag', name: camel(name) });

const text = z.string().min(1).max(1_000);

/** A part of the path that is an argument of the verb. */
export function pathArgument(name: string, description: string, schema: z.ZodType = text): Parameter {
  return { name, in: 'path', kind: 'text', required: true, schema, description, place: { kind: 'argument' } };
}

/** A part of the path that is a flag of the verb, of the same name unless another is given. */
export function pathFlag(name: string, description: string, schema: z.ZodType = text, flag = name): Parameter {
  return { name, in: 'path', kind: 'text', required: true, schema, description, place: ofFlag(flag) };
}

/** A parameter behind the question mark: the flag of the same name. */
export function queryText(name: string, description: string, schema: z.ZodType = text): Parameter {
  return { name, in: 'query', kind: 'text', required: false, schema, description, place: ofFlag(name) };
}

export function querySwitch(name: string, description: string): Parameter {
  return { name, in: 'query', kind: 'switch', required: false, schema: z.boolean(), description, place: ofFlag(name) };
}

export function queryList(name: string, description: string, schema: z.ZodType = text): Parameter {
  return { name, in: 'query', kind: 'list', required: false, schema, description, place: ofFlag(name) };
}

export const dateText = z.iso.date();
export const ledgerTime = z
  .string()
  .regex(/^(?:\d+(?:\/\d+)?|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))$/)
  .meta({ description: 'An instant with its zone, or a position.' });
export const runName = z.string().min(1).max(400).meta({ description: 'An id, or one of the words `latest`, `previous` and `published`.' });

/** A whole number, as it stands in an address. */
export const wholeNumber = z.string().regex(/^\d{1,9}$/, 'a whole number');
export const pageLimit = queryText('limit', 'How many stand on a page (default: all).', wholeNumber);
export const newestFirst = querySwitch('newest-first', 'Whether the newest comes first.');

const besideWord = 'only where the run is named by a word, such as `latest`.';
/** Whose run such a word means. */
export const ofMeta = queryText('meta', `Of which portfolio; ${besideWord}`);
export const ofSleeve = queryText('sleeve', `Of which sleeve; ${besideWord}`);
export const ofBook = queryText('book', `Of which book; ${besideWord}`);
export const ofKind = queryText('kind', `Kind of run; ${besideWord}`);
export const runNaming: readonly Parameter[] = [ofMeta, ofSleeve, ofBook, ofKind];

export const metaInPath = pathFlag('meta', 'Name of a meta portfolio.', nameSchema);
export const asOf = queryText('as-of', 'Market time: what the data say up to this session.', dateText);
export const knownAt = queryText('known-at', 'Ledger time: what had been recorded by then.', ledgerTime);
export const risk = queryText('risk', 'Risk profile (default: that of the portfolio).');

/** Member of the body of a decision. */
export const why = z.string().min(1).max(1_000).describe('The reason, recorded.');

import { z } from 'zod';
import { type ArtifactReference, documentReferenceSchema, isoDateSchema } from '../shared/artifact-reference.ts';
import { sha256Hex } from '../shared/fields.ts';
import { type PriceInput, priceInputSchema } from './price-input.ts';

/** Inputs of a run beside its prices, cut to its symbols and its last day. They stand in a fact only where they were given. */

/** A file of volumes as the run used it: like one of prices, but that dates out of order are refused. */
const volumesInputSchema = priceInputSchema.omit({ role: true, defects: true }).extend({ role: z.literal('volumes') });

/** A file of metadata; the document holds what it says of the symbols of the run. */
const metadataInputSchema = z.strictObject({
  role: z.literal('metadata'),
  name: z.string(),
  /** Of the file's own bytes, as evidence; the identity of the run rests on the document. */
  fileSha256: sha256Hex,
  document: documentReferenceSchema,
});

/** Where the values of a scan come from: a recorded scan, or a file that a scan was exported to. */
export const scanOriginSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('recorded'), snapshot: sha256Hex }),
  z.strictObject({ kind: z.literal('export'), fileSha256: sha256Hex }),
]);
export type ScanOrigin = z.infer<typeof scanOriginSchema>;

/** What a scan says of the symbols of the run. */
const scanInputSchema = z.strictObject({
  role: z.literal('scan'),
  /** `<scanner>@<as-of>`, or the name of a file. */
  name: z.string(),
  asOf: isoDateSchema,
  origin: scanOriginSchema,
  document: documentReferenceSchema,
});

const suppliedInputSchema = z.union([volumesInputSchema, metadataInputSchema, scanInputSchema]);
export type SuppliedInput = z.infer<typeof suppliedInputSchema>;

/** An input of a run that is computed from prices. */
export const computedInputSchema = z.union([priceInputSchema, ...suppliedInputSchema.options]);
export type ComputedInput = z.infer<typeof computedInputSchema>;

export const isPriceInput = (input: { readonly role: string }): input is PriceInput => input.role === 'prices';
export const isSuppliedInput = (input: { readonly role: string }): input is SuppliedInput =>
  input.role === 'volumes' || input.role === 'metadata' || input.role === 'scan';

/** The table or document that was read. */
export function readOf(input: ComputedInput): Pick<ArtifactReference, 'sha256'> & { readonly rows: number | null } {
  return 'table' in input ? input.table : { ...input.document, rows: null };
}

/** What counts of the inputs in the name of a run: what was read, not how the files are called. */
export function inputsIdentity(inputs: readonly ComputedInput[]): object[] {
  return inputs.map((input) => {
    const { role } = input;
    if (role === 'prices') return { table: input.table.sha256, defects: input.defects };
    const { sha256 } = readOf(input);
    return role === 'scan' ? { role, asOf: input.asOf, sha256 } : { role, sha256 };
  });
}

import { z } from 'zod';
import { documentReferenceSchema, isoDateSchema } from '../shared/artifact-reference.ts';
import { identity, sha256Hex } from '../shared/fields.ts';
import { funnelSchema, notEvaluatedSchema, scanRequestSchema, scanSourceSchema } from '../scan/schemas.ts';

/** Streams `scan-<id>`: the scans of one scanner, and in `scan-audits` the answers of audits that were kept. */

export const scanRecordedSchema = z.strictObject({
  scanner: identity,
  /** Of this scanner, from 1. */
  number: z.number().int().positive(),
  /** Hash of what it was computed from: the same response under the same configuration is one scan. */
  snapshot: sha256Hex,
  /** Market time of the response: the date of its last bar. */
  asOf: isoDateSchema,
  /** Version of the rules under which it was computed (domain/run/rules.ts). */
  rules: z.number().int().positive(),
  source: scanSourceSchema,
  /** In full: a client that pages cuts the range. */
  request: scanRequestSchema,
  /** Columns that were left out of the request by name. */
  droppedColumns: z.array(z.string()),
  response: documentReferenceSchema,
  config: documentReferenceSchema,
  configHash: sha256Hex,
  categoryMap: documentReferenceSchema.nullable(),
  verdict: z.enum(['complete', 'partial', 'unknown']),
  notEvaluated: notEvaluatedSchema,
  notReturned: z.array(z.string()),
  exchangeMismatch: z.record(z.string(), z.array(z.string())),
  /** Rows of how many, where the server counted more than it gave. */
  partialResponse: z.strictObject({ rows: z.number().int().nonnegative(), total: z.number().int().nonnegative() }).nullable(),
  /** Filters of the request that rows of a live response contradict. */
  ignoredFilters: z.array(z.strictObject({ gate: z.string(), rows: z.number().int().positive() })),
  /** In rank order. */
  selected: z.array(z.string()),
  funnel: funnelSchema,
  /** What was decided about every row. */
  rows: documentReferenceSchema,
});
export type ScanRecorded = z.infer<typeof scanRecordedSchema>;

export const scanQuestions = ['map', 'gaps', 'overlap', 'liquidity', 'attributes', 'audit', 'candidates', 'orphans'] as const;

export const scanAuditedSchema = z.strictObject({
  question: z.enum(scanQuestions),
  /** Of all audits that were kept, from 1. */
  number: z.number().int().positive(),
  /** Hash of the question and what it was asked about. */
  auditId: sha256Hex,
  /** Of the data that were looked at; null for questions about configurations. */
  asOf: isoDateSchema.nullable(),
  rules: z.number().int().positive(),
  /** Of the effective configurations of the scanners that were looked at; null where none were. */
  configHash: sha256Hex.nullable(),
  /** One line of what was found. */
  finding: z.string().min(1),
  inputs: documentReferenceSchema,
  answer: documentReferenceSchema,
});
export type ScanAudited = z.infer<typeof scanAuditedSchema>;

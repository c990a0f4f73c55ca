import type { z } from 'zod';
import { plannedCombinationSchema } from '../combine/planned-schemas.ts';
import { combinationTableSchema } from '../combine/table-schema.ts';
import { windowRegimesSchema } from '../regime/reading-schemas.ts';
import { walkForwardDetailSchema } from '../walk-forward/schemas.ts';
import { recordedPortfolio, recordedProfile } from '../manifest/recorded-settings.ts';
import { metaNodeSchema } from '../manifest/resolved-meta-schema.ts';
import { resolvedProfileSchema } from '../manifest/resolved-schema.ts';
import { flattenedDocumentSchema } from '../allocation/portfolio-schema.ts';
import { importedDefinitionSchema, reportedDefinitionSchema } from '../run/definitions.ts';
import { categoryMapSchema, keptAnswerSchema, scanConfigSchema, scanResponseSchema, scanRowsSchema } from '../scan/schemas.ts';
import { metadataDocumentSchema, scanValuesDocumentSchema } from '../selection/supply.ts';
import { selectionRecordSchema } from '../selection/record.ts';
import type { JsonObject } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import { documentUpcasters } from '../upcast/documents.ts';
import { upcastFrom, type Upcasted } from '../upcast/upcaster.ts';

interface DocumentType {
  readonly version: number;
  readonly schema: z.ZodType;
  readonly meaning: string;
}

/**
 * Every kind of stored document with its newest version and schema. A document is `{ kind, version, ... }`; those of release 0.1.0, version
 * 1, bear no version. What another system wrote (a message, a file of a run directory) is kept as it came and is not such a document.
 */
export const documents = {
  'category-map': { version: 1, schema: categoryMapSchema, meaning: 'Category ids by symbol and by text, as they were given with a scan.' },
  'combination-table': {
    version: 1,
    schema: combinationTableSchema,
    meaning: 'What each sleeve contributes to each asset, the projection and the weights.',
  },
  'flattened-portfolio': { version: 2, schema: flattenedDocumentSchema, meaning: 'Asset weights with the contributors of each.' },
  'imported-definition': {
    version: 2,
    schema: importedDefinitionSchema,
    meaning: 'Settings of an imported run, as its manifest has them.',
  },
  'meta-portfolio': { version: 2, schema: metaNodeSchema, meaning: 'A resolved meta portfolio with everything below it.' },
  'planned-combination': { version: 1, schema: plannedCombinationSchema, meaning: 'Everything that a combination is computed from.' },
  regimes: {
    version: 1,
    schema: windowRegimesSchema,
    meaning: 'The market regime of every decision and of the rows that each window earned.',
  },
  'resolved-profile': {
    version: 2,
    schema: resolvedProfileSchema,
    meaning: "A sleeve's resolved profile: every leaf with the layer that it came from.",
  },
  'scan-audit': { version: 1, schema: keptAnswerSchema, meaning: 'The answer of an audit of scanners.' },
  'scan-audit-inputs': { version: 1, schema: keptAnswerSchema, meaning: 'What an audit of scanners was asked about.' },
  'scan-config': {
    version: 1,
    schema: scanConfigSchema,
    meaning: 'The effective configuration of a scanner, with the files of each leaf.',
  },
  'scan-response': { version: 1, schema: scanResponseSchema, meaning: 'The rows of a scan, by symbol, before any of them was judged.' },
  'scan-rows': { version: 1, schema: scanRowsSchema, meaning: 'What a scan decided about every row.' },
  'scan-values': { version: 1, schema: scanValuesDocumentSchema, meaning: 'What a scan says of the symbols of a run.' },
  'symbol-metadata': { version: 1, schema: metadataDocumentSchema, meaning: 'What a file of metadata says of the symbols of a run.' },
  selection: { version: 1, schema: selectionRecordSchema, meaning: 'A selection of symbols with every number that decided it.' },
  'told-definition': { version: 2, schema: reportedDefinitionSchema, meaning: 'Settings of a run by message, as its sender has them.' },
  'walk-forward': {
    version: 2,
    schema: walkForwardDetailSchema,
    meaning: 'Every window of a walk-forward: rows, weights, turnover, cost, solve.',
  },
} as const satisfies Record<string, DocumentType>;

export type DocumentKind = keyof typeof documents;
export type DocumentContent<Kind extends DocumentKind> = z.infer<(typeof documents)[Kind]['schema']>;

export function isDocumentKind(kind: unknown): kind is DocumentKind {
  return typeof kind === 'string' && Object.hasOwn(documents, kind);
}

/** The document as it is stored. */
export function markedDocument(kind: DocumentKind, content: object): object {
  return { kind, version: documents[kind].version, ...content };
}

/**
 * Settings of this program under the names of this release, with the neutral value of every leaf that came since. The settings of an import
 * or a message get no value that they do not state.
 */
const settingsRead: Partial<Record<DocumentKind, (content: JsonObject) => JsonObject>> = {
  'meta-portfolio': (content) => recordedPortfolio(content),
  'resolved-profile': (content) => recordedProfile(content),
};

/**
 * A stored document read as the newest version of its kind, members and no more: whether it fits its schema is not looked at. Errors:
 * StoreTooNew.
 */
export function upcastDocument(kind: DocumentKind, stored: JsonObject): Upcasted {
  const { version: written, ...rest } = stored;
  const version = typeof written === 'number' ? written : 1;
  const { version: newest } = documents[kind];
  if (version > newest) {
    throw new LedgerError('StoreTooNew', `a document ${kind} of version ${version} is stored; this build reads up to ${newest}`, {
      evidence: { kind, version, newest },
    });
  }
  const { kind: _, ...unmarked } = rest;
  // Release 0.1.0 wrote no version, and what it calls `kind` is content.
  const upcasted = upcastFrom(version, written === undefined ? rest : unmarked, documentUpcasters[kind] ?? []);
  return { ...upcasted, data: settingsRead[kind]?.(upcasted.data) ?? upcasted.data };
}

function isStoredObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The content of a stored document, by its schema. Errors: StoreTooNew; SchemaViolation with the path. */
export function readDocument<Kind extends DocumentKind>(kind: Kind, stored: unknown): DocumentContent<Kind> {
  if (!isStoredObject(stored))
    throw new LedgerError('SchemaViolation', `a ${kind} was expected, no object is stored`, { evidence: { kind } });
  const { kind: written, version } = stored;
  if (version !== undefined && written !== kind) {
    throw new LedgerError('SchemaViolation', `a ${kind} was expected, ${JSON.stringify(written)} is stored`, {
      evidence: { kind, written },
    });
  }
  const parsed = documents[kind].schema.safeParse(upcastDocument(kind, stored).data);
  if (parsed.success) return parsed.data as DocumentContent<Kind>;
  const issue = parsed.error.issues[0]!;
  const path = issue.path.join('.');
  throw new LedgerError('SchemaViolation', `a stored ${kind} does not fit its schema: ${issue.message} at ${path}`, {
    evidence: { kind },
    at: { path },
  });
}

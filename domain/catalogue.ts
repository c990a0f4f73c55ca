import type { z } from 'zod';
import { backtestSlice } from './backtest-run/slice.ts';
import { combinationSlice } from './combination/slice.ts';
import { metaPortfolioSlice } from './publication/slice.ts';
import { metaRunSlice } from './meta-run/slice.ts';
import { scanSlice } from './scan-record/slice.ts';
import type { Envelope } from './shared/envelope.ts';
import { LedgerError } from './shared/errors.ts';
import { ledgerSlice } from './shared/ledger-slice.ts';
import { drafting, type EventKind, type RecordedData, type Slice } from './shared/slice.ts';
import { sleeveRunSlice } from './sleeve-run/slice.ts';
import { sleeveSlice } from './sleeve/slice.ts';
import { tokenSlice } from './token/slice.ts';
import { tournamentSlice } from './tournament-run/slice.ts';
import { eventUpcasters } from './upcast/events.ts';
import { upcastFrom, type Upcasted } from './upcast/upcaster.ts';

/** Every event type with its current schema, joined from the streams' slices: `docs/events.md` is generated from here. */
export const catalogue = {
  ...ledgerSlice,
  ...sleeveRunSlice,
  ...sleeveSlice,
  ...metaPortfolioSlice,
  ...metaRunSlice,
  ...backtestSlice,
  ...combinationSlice,
  ...scanSlice,
  ...tournamentSlice,
  ...tokenSlice,
} as const satisfies Slice;

export type EventType = keyof typeof catalogue;
export type EventData<Type extends EventType> = z.infer<(typeof catalogue)[Type]['schema']>;

/** A domain event of any type: its data are what its schema admits, or that of a retained version. */
export type DomainEvent = {
  [Type in EventType]: { readonly type: Type; readonly data: RecordedData<typeof catalogue, Type>; readonly envelope: Envelope };
}[EventType];

/** Makes a draft of any slice that its schema has admitted. Errors: SchemaViolation with the path. */
export const draftEvent = drafting(catalogue);

export function isKnownType(type: string): type is EventType {
  return Object.hasOwn(catalogue, type);
}

/** The schema of a stored version, after its data were upcast as far as they can be. */
function schemaOf(kind: EventKind, version: number): z.ZodType | null {
  if (version === kind.version) return kind.schema;
  return kind.retained?.[version] ?? null;
}

/**
 * The data of a stored event as the newest version has them, and the paths that no version on the way had recorded.
 * Errors: UnknownEventType with name and position.
 */
export function upcastData(envelope: Pick<Envelope, 'type' | 'schemaVersion' | 'data'>, position: string): Upcasted {
  const { type, schemaVersion, data } = envelope;
  if (isKnownType(type)) {
    const upcasted = upcastFrom(schemaVersion, data, eventUpcasters[type] ?? []);
    if (schemaOf(catalogue[type], upcasted.version) !== null) return upcasted;
  }
  throw new LedgerError('UnknownEventType', `unknown event ${type} version ${schemaVersion} at position ${position}`, {
    evidence: { type, schemaVersion, position },
  });
}

/**
 * An envelope as a domain event, its data upcast in memory; the envelope stays as it is stored. Errors: UnknownEventType; SchemaViolation.
 */
export function domainEvent(envelope: Envelope, position: string): DomainEvent {
  const { data, version } = upcastData(envelope, position);
  const type = envelope.type as EventType;
  const parsed = schemaOf(catalogue[type], version)!.safeParse(data);
  if (!parsed.success) {
    throw new LedgerError('SchemaViolation', `stored ${type} at position ${position} does not fit its schema`, {
      evidence: { position, issues: parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`) },
    });
  }
  return { type, data: parsed.data, envelope } as DomainEvent;
}

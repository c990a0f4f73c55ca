import type { z } from 'zod';
import * as meta from './meta/events.ts';
import * as publication from './meta/publication-events.ts';
import type { DeepReadonly } from './shared/deep-readonly.ts';
import type { DraftEvent, Envelope } from './shared/envelope.ts';
import { LedgerError } from './shared/errors.ts';
import * as ledger from './shared/ledger-events.ts';
import * as sleeve from './sleeve/events.ts';
import * as intake from './sleeve/intake-events.ts';
import { eventUpcasters } from './upcast/events.ts';
import { upcastFrom, type Upcasted } from './upcast/upcaster.ts';

interface EventKind {
  readonly version: number;
  readonly schema: z.ZodType;
  /** Stream the event stands in, for people. */
  readonly stream: string;
  readonly meaning: string;
  /** Schemas of older versions that are never upcast: verifiers and folds look at the stored version. */
  readonly retained?: Readonly<Record<number, z.ZodType>>;
}

/** Every event type with its current schema: the schema *is* the event. `docs/events.md` is generated from here. */
export const catalogue = {
  LedgerOpened: { version: 1, schema: ledger.ledgerOpenedSchema, stream: 'ledger', meaning: 'A ledger began: its id, origin and verifier key.' },
  LedgerSealed: { version: 1, schema: ledger.ledgerSealedSchema, stream: 'ledger', meaning: 'Everything before this size was sealed under a signed root.' },
  SigningKeyRotated: { version: 1, schema: ledger.signingKeyRotatedSchema, stream: 'ledger', meaning: 'A new key signs from here on; the old key signed the change.' },
  LedgerFormatRaised: { version: 1, schema: ledger.ledgerFormatRaisedSchema, stream: 'ledger', meaning: 'From here on the ledger may hold this: a build that knows less of it writes and seals nothing.' },
  SleeveRunOpened: { version: 2, schema: sleeve.sleeveRunOpenedSchema, stream: 'sleeveRun-<runId>', meaning: 'A sleeve run with its definition, options and inputs.' },
  IntegrityPassed: { version: 1, schema: sleeve.integrityPassedSchema, stream: 'sleeveRun-<runId>', meaning: 'The price audit found no error.' },
  IntegrityFailed: { version: 1, schema: sleeve.integrityFailedSchema, stream: 'sleeveRun-<runId>', meaning: 'The price audit found errors; the run ends here.' },
  UniverseFormed: { version: 1, schema: sleeve.universeFormedSchema, stream: 'sleeveRun-<runId>', meaning: 'The symbols kept and dropped, and the grid of dates.' },
  SleeveProfileSolved: { version: 1, schema: sleeve.sleeveProfileSolvedSchema, stream: 'sleeveRun-<runId>', meaning: 'One risk profile: live weights, walk-forward and out-of-sample returns.' },
  SleeveProfileImported: { version: 1, schema: sleeve.sleeveProfileImportedSchema, stream: 'sleeveRun-<runId>', meaning: 'One risk profile taken over from a run directory or a message.' },
  SleeveProfileAbsent: { version: 1, schema: sleeve.sleeveProfileAbsentSchema, stream: 'sleeveRun-<runId>', meaning: 'A risk profile that the run cannot have, with the reason.' },
  SleeveProfileFailed: { version: 1, schema: sleeve.sleeveProfileFailedSchema, stream: 'sleeveRun-<runId>', meaning: 'A risk profile that failed, with the evidence.' },
  SleeveRunCertified: { version: 1, schema: sleeve.eligibilitySchema, stream: 'sleeveRun-<runId>', meaning: 'Every profile native, every check passed.' },
  SleeveRunDegraded: { version: 1, schema: sleeve.eligibilitySchema, stream: 'sleeveRun-<runId>', meaning: 'Usable, with the reasons why it is not certified.' },
  SleeveRunFoundIneligible: { version: 1, schema: sleeve.eligibilitySchema, stream: 'sleeveRun-<runId>', meaning: 'Not usable in a meta portfolio, with the reasons.' },
  SleeveRunAccepted: { version: 1, schema: sleeve.sleeveRunAcceptedSchema, stream: 'sleeve-<profile>', meaning: 'A run joined the runs of its sleeve.' },
  SleeveQuarantined: { version: 1, schema: sleeve.sleeveQuarantinedSchema, stream: 'sleeve-<profile>', meaning: 'The sleeve was taken out of use.' },
  SleeveReinstated: { version: 1, schema: sleeve.sleeveReinstatedSchema, stream: 'sleeve-<profile>', meaning: 'The sleeve was put back into use.' },
  SleeveDefined: { version: 1, schema: intake.sleeveDefinedSchema, stream: 'sleeve-<profile>', meaning: 'A sleeve is known here, and when its results are due.' },
  SleeveRunRejected: { version: 1, schema: intake.sleeveRunRejectedSchema, stream: 'sleeve-<profile> or intake-<topic>', meaning: 'A message was refused and became a dead letter.' },
  SleeveResultHeld: { version: 1, schema: intake.sleeveResultHeldSchema, stream: 'sleeve-<profile>', meaning: 'A result waits behind a dead letter of its sleeve.' },
  SleeveResultReleased: { version: 1, schema: intake.sleeveResultReleasedSchema, stream: 'sleeve-<profile>', meaning: 'A held result was taken up again, and what became of it.' },
  DeadLetterResolved: { version: 1, schema: intake.deadLetterResolvedSchema, stream: 'sleeve-<profile> or intake-<topic>', meaning: 'A dead letter was retried, superseded or discarded.' },
  SleeveOverdue: { version: 1, schema: intake.sleeveOverdueSchema, stream: 'sleeve-<profile>', meaning: 'The result of a session did not arrive in time.' },
  ParityWaiverGranted: { version: 1, schema: meta.parityWaiverGrantedSchema, stream: 'metaPortfolio-<id>', meaning: 'Somebody accepted named parity violations until a date.' },
  ParityWaiverRevoked: { version: 1, schema: meta.parityWaiverRevokedSchema, stream: 'metaPortfolio-<id>', meaning: 'A waiver was withdrawn.' },
  MetaPortfolioDefined: { version: 1, schema: publication.metaPortfolioDefinedSchema, stream: 'metaPortfolio-<id>', meaning: 'What the portfolio consists of, and its publication policy.' },
  ReallocationScheduled: { version: 1, schema: publication.reallocationScheduledSchema, stream: 'metaPortfolio-<id>', meaning: 'New results will be allocated at this time.' },
  AllocationPublished: { version: 1, schema: publication.allocationPublishedSchema, stream: 'metaPortfolio-<id>', meaning: 'These weights are in force from here on.' },
  RebalanceSkipped: { version: 1, schema: publication.rebalanceSkippedSchema, stream: 'metaPortfolio-<id>', meaning: 'The new allocation would trade less than the no-trade band.' },
  RebalanceHeld: { version: 1, schema: publication.rebalanceHeldSchema, stream: 'metaPortfolio-<id>', meaning: 'The new allocation waits for approval, with the reasons.' },
  RebalanceApproved: { version: 1, schema: publication.rebalanceApprovedSchema, stream: 'metaPortfolio-<id>', meaning: 'Somebody approved a held allocation.' },
  ReallocationRefused: { version: 1, schema: publication.reallocationRefusedSchema, stream: 'metaPortfolio-<id>', meaning: 'New results could not be allocated, with the reason.' },
  PublicationHalted: { version: 1, schema: publication.publicationHaltedSchema, stream: 'metaPortfolio-<id>', meaning: 'Nothing is published until somebody resumes; results are still taken in.' },
  PublicationResumed: { version: 1, schema: publication.publicationResumedSchema, stream: 'metaPortfolio-<id>', meaning: 'Publication goes on.' },
  MetaRunOpened: { version: 2, schema: meta.metaRunOpenedSchema, stream: 'metaRun-<runId>', meaning: 'A meta run with its definition, options and the sleeve runs that it consumes.' },
  ParityAccepted: { version: 1, schema: meta.parityAcceptedSchema, stream: 'metaRun-<runId>', meaning: 'The sleeves are comparable.' },
  ParityRejected: { version: 1, schema: meta.parityRejectedSchema, stream: 'metaRun-<runId>', meaning: 'The sleeves are not comparable; the run ends here.' },
  ParityWaived: { version: 1, schema: meta.parityWaivedSchema, stream: 'metaRun-<runId>', meaning: 'The sleeves differ, and waivers cover every difference.' },
  SleeveReturnsJoined: { version: 1, schema: meta.sleeveReturnsJoinedSchema, stream: 'metaRun-<runId>', meaning: 'The return matrix of one profile, and what the join cost.' },
  SleeveWeightsOptimised: { version: 1, schema: meta.sleeveWeightsOptimisedSchema, stream: 'metaRun-<runId>', meaning: 'Sleeve weights as the optimiser gave them.' },
  GuardrailsApplied: { version: 1, schema: meta.guardrailsAppliedSchema, stream: 'metaRun-<runId>', meaning: 'Sleeve weights inside their bounds.' },
  PortfolioFlattened: { version: 1, schema: meta.portfolioFlattenedSchema, stream: 'metaRun-<runId>', meaning: 'Asset weights with their contributors.' },
  AcceptanceMeasured: { version: 1, schema: meta.acceptanceMeasuredSchema, stream: 'metaRun-<runId>', meaning: 'The acceptance verdicts of one profile.' },
  MetaProfileFailed: { version: 1, schema: meta.metaProfileFailedSchema, stream: 'metaRun-<runId>', meaning: 'A profile could not be allocated, with the reason.' },
  MetaRunCompleted: { version: 1, schema: meta.metaRunCompletedSchema, stream: 'metaRun-<runId>', meaning: 'Which profiles were allocated.' },
} as const satisfies Record<string, EventKind>;

export type EventType = keyof typeof catalogue;
export type EventData<Type extends EventType> = z.infer<(typeof catalogue)[Type]['schema']>;

/** A domain event of any type: its data are what its schema admits. */
export type DomainEvent = { [Type in EventType]: { readonly type: Type; readonly data: EventData<Type>; readonly envelope: Envelope } }[EventType];

/** Makes a draft that its schema has admitted. Errors: SchemaViolation with the path. */
export function draftEvent<Type extends EventType>(type: Type, data: DeepReadonly<EventData<Type>>): DraftEvent<Type> {
  const kind: EventKind = catalogue[type];
  const parsed = kind.schema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new LedgerError('SchemaViolation', `${type}: ${issue.message} at ${issue.path.join('.')}`, { at: { path: issue.path.join('.') } });
  }
  return { type, schemaVersion: kind.version, data };
}

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
  throw new LedgerError('UnknownEventType', `unknown event ${type} version ${schemaVersion} at position ${position}`, { evidence: { type, schemaVersion, position } });
}

/** An envelope as a domain event, its data upcast in memory; the envelope stays as it is stored. Errors: UnknownEventType; SchemaViolation. */
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

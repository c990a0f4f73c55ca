import { parityWaiverGrantedSchema } from '../run/granted-waiver.ts';
import {
  allocationPublishedSchema,
  definitionApprovedSchema,
  definitionProposedSchema,
  definitionRejectedSchema,
  metaPortfolioDefinedSchema,
  parityWaiverRevokedSchema,
  publicationHaltedSchema,
  publicationResumedSchema,
  reallocationRefusedSchema,
  reallocationScheduledSchema,
  rebalanceApprovedSchema,
  rebalanceHeldSchema,
  rebalanceRejectedSchema,
  rebalanceSkippedSchema,
} from './events.ts';
import { drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';

const stream = 'metaPortfolio-<id>';

/** Stream `metaPortfolio-<id>`: waivers, what the portfolio is, and how new results became publications. */
export const metaPortfolioSlice = {
  ParityWaiverGranted: {
    version: 1,
    schema: parityWaiverGrantedSchema,
    stream,
    meaning: 'Somebody accepted named parity violations until a date.',
  },
  ParityWaiverRevoked: { version: 1, schema: parityWaiverRevokedSchema, stream, meaning: 'A waiver was withdrawn.' },
  MetaPortfolioDefined: {
    version: 1,
    schema: metaPortfolioDefinedSchema,
    stream,
    meaning: 'What the portfolio consists of, and its publication policy.',
  },
  DefinitionProposed: {
    version: 1,
    schema: definitionProposedSchema,
    stream,
    meaning: 'Somebody proposed what the portfolio shall consist of, or its policy: it waits for another person.',
  },
  DefinitionApproved: {
    version: 1,
    schema: definitionApprovedSchema,
    stream,
    meaning: 'Another person put a proposed definition in force.',
  },
  DefinitionRejected: { version: 1, schema: definitionRejectedSchema, stream, meaning: 'Somebody turned a proposed definition down.' },
  ReallocationScheduled: {
    version: 1,
    schema: reallocationScheduledSchema,
    stream,
    meaning: 'New results will be allocated at this time.',
  },
  AllocationPublished: { version: 1, schema: allocationPublishedSchema, stream, meaning: 'These weights are in force from here on.' },
  RebalanceSkipped: {
    version: 1,
    schema: rebalanceSkippedSchema,
    stream,
    meaning: 'The new allocation would trade less than the no-trade band.',
  },
  RebalanceHeld: { version: 2, schema: rebalanceHeldSchema, stream, meaning: 'The new allocation waits for approval, with the reasons.' },
  RebalanceApproved: { version: 2, schema: rebalanceApprovedSchema, stream, meaning: 'Somebody approved a held allocation.' },
  RebalanceRejected: {
    version: 2,
    schema: rebalanceRejectedSchema,
    stream,
    meaning: 'Somebody turned a held allocation down: it is not published.',
  },
  ReallocationRefused: {
    version: 1,
    schema: reallocationRefusedSchema,
    stream,
    meaning: 'New results could not be allocated, with the reason.',
  },
  PublicationHalted: {
    version: 1,
    schema: publicationHaltedSchema,
    stream,
    meaning: 'Nothing is published until somebody resumes; results are still taken in.',
  },
  PublicationResumed: { version: 1, schema: publicationResumedSchema, stream, meaning: 'Publication goes on.' },
} as const satisfies Slice;

export type MetaPortfolioEvent = SliceEvent<typeof metaPortfolioSlice>;
export type MetaPortfolioDraft = SliceDraft<typeof metaPortfolioSlice>;

export const draftMetaPortfolio = drafting(metaPortfolioSlice);

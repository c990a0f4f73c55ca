import type { Decider } from '../shared/decider.ts';
import { LedgerError, unreachable } from '../shared/errors.ts';
import { GrowingMap } from '../shared/growing-map.ts';
import type { MetaPortfolioCommand } from './commands.ts';
import { draftMetaPortfolio, type MetaPortfolioDraft, type MetaPortfolioEvent } from './slice.ts';
import type { MetaPortfolioDefined } from './events.ts';
import { personOf } from '../people/identity.ts';
import { approveDefinition, define, rejectDefinition } from './definition.ts';
import { approve, haltOrResume, propose, reject } from './publication.ts';
import type { MetaPortfolioState } from './state.ts';

type Decided = NonNullable<MetaPortfolioState['decided']>;

function decidedOn(state: MetaPortfolioState, inputsHash: string, kind: Decided['kind']): MetaPortfolioState {
  return { ...state, decided: { inputsHash, kind }, decisions: state.decisions + 1, held: null, due: null };
}

/** What was held or skipped under another definition or policy is decided on again; what was published stays so. */
function defined(state: MetaPortfolioState, definition: MetaPortfolioDefined): MetaPortfolioState {
  const open = state.decided?.kind === 'held' || state.decided?.kind === 'skipped';
  // What was proposed in its place was proposed instead of another definition.
  return { ...state, definition, proposed: null, held: null, decided: open ? null : state.decided };
}

/** The names that a fact puts to what was done. */
function namesIn({ data }: MetaPortfolioEvent): string[] {
  return [
    ...('proposer' in data ? [data.proposer] : []),
    ...('approver' in data ? [data.approver] : []),
    ...('who' in data ? [data.who] : []),
  ];
}

function evolve(before: MetaPortfolioState, event: MetaPortfolioEvent): MetaPortfolioState {
  const state = evolved(before, event);
  const people = namesIn(event).reduce((known, name) => known.with(personOf(name).canonical, name), state.people);
  return people === state.people ? state : { ...state, people };
}

function evolved(state: MetaPortfolioState, event: MetaPortfolioEvent): MetaPortfolioState {
  switch (event.type) {
    case 'ParityWaiverGranted':
      return {
        ...state,
        waivers: [...state.waivers, event.data],
        everGranted: state.everGranted.with(event.data.waiverId, event.data.until),
      };
    case 'ParityWaiverRevoked':
      return { ...state, waivers: state.waivers.filter((waiver) => waiver.waiverId !== event.data.waiverId) };
    case 'MetaPortfolioDefined':
      return defined(state, event.data);
    case 'DefinitionProposed':
      return { ...state, proposed: event.data, proposals: event.data.proposal };
    case 'DefinitionApproved':
      return { ...state, proposed: null, settled: { proposal: event.data.proposal, as: 'approved' } };
    case 'DefinitionRejected':
      return { ...state, proposed: null, settled: { proposal: event.data.proposal, as: 'rejected' } };
    case 'ReallocationScheduled':
      return { ...state, due: event.data, schedules: state.schedules + 1 };
    case 'AllocationPublished':
      return { ...decidedOn(state, event.data.inputsHash, 'published'), published: event.data };
    case 'RebalanceSkipped':
      return decidedOn(state, event.data.inputsHash, 'skipped');
    case 'RebalanceHeld':
      return { ...decidedOn(state, event.data.inputsHash, 'held'), held: event.data };
    case 'ReallocationRefused':
      return decidedOn(state, event.data.inputsHash, 'refused');
    case 'RebalanceApproved':
      return state;
    case 'RebalanceRejected':
      // It answers what was held, and nothing that has arrived since: what is scheduled stays so.
      return { ...decidedOn(state, event.data.inputsHash, 'rejected'), due: state.due, rejected: event.data };
    case 'PublicationHalted':
      return { ...state, haltedWhy: event.data.why, halts: event.data.number };
    case 'PublicationResumed':
      return { ...state, haltedWhy: null };
    default:
      return unreachable(event);
  }
}

function decide(command: MetaPortfolioCommand, state: MetaPortfolioState): readonly MetaPortfolioDraft[] {
  switch (command.kind) {
    case 'GrantParityWaiver': {
      if (state.everGranted.has(command.waiverId)) return [];
      const { waiverId, meta, who, why, until } = command;
      return [draftMetaPortfolio('ParityWaiverGranted', { waiverId, meta, who, why, paths: command.paths, until })];
    }
    case 'RevokeParityWaiver': {
      if (!state.everGranted.has(command.waiverId)) {
        throw new LedgerError('WaiverUnknown', `no waiver ${command.waiverId} was granted to ${command.meta}`);
      }
      if (!state.waivers.some((waiver) => waiver.waiverId === command.waiverId)) return [];
      const { waiverId, meta, who, why } = command;
      return [draftMetaPortfolio('ParityWaiverRevoked', { waiverId, meta, who, why })];
    }
    case 'DefineMetaPortfolio':
      return define(command, state);
    case 'ApproveDefinition':
      return approveDefinition(command, state);
    case 'RejectDefinition':
      return rejectDefinition(command, state);
    case 'ScheduleReallocation':
      return state.due?.dueAt === command.schedule.dueAt && state.due.because === command.schedule.because
        ? []
        : [draftMetaPortfolio('ReallocationScheduled', command.schedule)];
    case 'ProposeAllocation':
      return propose(command, state);
    case 'RefuseReallocation':
      return state.decided?.inputsHash === command.refusal.inputsHash || state.definition?.number !== command.refusal.definitionNumber
        ? []
        : [draftMetaPortfolio('ReallocationRefused', command.refusal)];
    case 'ApproveRebalance':
      return approve(command, state);
    case 'RejectRebalance':
      return reject(command, state);
    case 'HaltPublication':
    case 'ResumePublication':
      return haltOrResume(command, state);
    default:
      return unreachable(command);
  }
}

export const metaPortfolioDecider: Decider<MetaPortfolioCommand, MetaPortfolioState, MetaPortfolioEvent, MetaPortfolioDraft> = {
  initialState: {
    waivers: [],
    everGranted: GrowingMap.empty(),
    definition: null,
    proposed: null,
    proposals: 0,
    settled: null,
    people: GrowingMap.empty(),
    published: null,
    decided: null,
    decisions: 0,
    held: null,
    rejected: null,
    due: null,
    schedules: 0,
    haltedWhy: null,
    halts: 0,
  },
  evolve,
  decide,
};

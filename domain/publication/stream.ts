import { unreachable } from '../shared/errors.ts';
import { hashOfJson } from '../shared/hashing.ts';
import { type CommandContext, bindStream, type Identity, streamKind } from '../shared/stream.ts';
import type { MetaPortfolioCommand } from './commands.ts';
import { metaPortfolioDecider } from './decider.ts';
import { type MetaPortfolioDraft, metaPortfolioSlice } from './slice.ts';
import type { MetaPortfolioState } from './state.ts';

/** What makes the grant of a waiver this one. */
export function grantIdentity(waiverId: string): Identity {
  return ['GrantParityWaiver', waiverId];
}

function identityOf(
  command: MetaPortfolioCommand,
  { actor, state, decided, sha256 }: CommandContext<MetaPortfolioState, MetaPortfolioDraft>,
): Identity {
  const { kind } = command;
  switch (kind) {
    case 'GrantParityWaiver':
      return grantIdentity(command.waiverId);
    case 'RevokeParityWaiver':
      return [kind, command.waiverId];
    case 'DefineMetaPortfolio':
      return decided[0]?.type === 'DefinitionProposed'
        ? ['ProposeDefinition', state.proposals + 1, hashOfJson(sha256, decided[0].data)]
        : ['Define', (state.definition?.number ?? 0) + 1, hashOfJson(sha256, command.definition)];
    case 'ApproveDefinition':
    case 'RejectDefinition':
      return [kind, command.proposal, actor, command.why];
    case 'ApproveRebalance':
      return ['Approve', command.proposal.runId, state.decisions, actor, command.why];
    case 'RejectRebalance':
      return [kind, command.runId, state.decisions, actor, command.why];
    case 'HaltPublication':
    case 'ResumePublication':
      return [kind, command.number, actor, command.why];
    case 'ScheduleReallocation':
    case 'ProposeAllocation':
    case 'RefuseReallocation':
      // Two workers that decide the same append one fact; what differs, if only by who proposed it, is a conflict and decided again.
      return [
        kind,
        hashOfJson(
          sha256,
          decided.map(({ data }) => data),
        ),
        state.decisions,
        state.schedules,
      ];
    default:
      return unreachable(kind);
  }
}

/** Streams `metaPortfolio-<id>`. */
export const metaPortfolioStream = bindStream(streamKind('metaPortfolio', metaPortfolioSlice), {
  decider: metaPortfolioDecider,
  identityOf,
});

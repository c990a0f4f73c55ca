import type { Decider } from '../shared/decider.ts';
import { LedgerError, unreachable } from '../shared/errors.ts';
import type { MetaPortfolioCommand } from './commands.ts';
import type { MetaPortfolioEvent, ParityWaiverGranted } from './events.ts';

export interface MetaPortfolioState {
  /** Waivers granted and not revoked, in ledger order. */
  readonly waivers: readonly ParityWaiverGranted[];
  readonly everGranted: readonly string[];
}

function evolve(state: MetaPortfolioState, event: MetaPortfolioEvent): MetaPortfolioState {
  switch (event.type) {
    case 'ParityWaiverGranted':
      return { waivers: [...state.waivers, event.data], everGranted: [...state.everGranted, event.data.waiverId] };
    case 'ParityWaiverRevoked':
      return { ...state, waivers: state.waivers.filter((waiver) => waiver.waiverId !== event.data.waiverId) };
    default:
      return unreachable(event);
  }
}

function decide(command: MetaPortfolioCommand, state: MetaPortfolioState): readonly MetaPortfolioEvent[] {
  switch (command.kind) {
    case 'GrantParityWaiver': {
      if (state.everGranted.includes(command.waiverId)) return [];
      const { waiverId, meta, who, why, until } = command;
      return [{ type: 'ParityWaiverGranted', data: { waiverId, meta, who, why, paths: [...command.paths], until } }];
    }
    case 'RevokeParityWaiver': {
      if (!state.everGranted.includes(command.waiverId)) {
        throw new LedgerError('WaiverUnknown', `no waiver ${command.waiverId} was granted to ${command.meta}`);
      }
      if (!state.waivers.some((waiver) => waiver.waiverId === command.waiverId)) return [];
      const { waiverId, meta, who, why } = command;
      return [{ type: 'ParityWaiverRevoked', data: { waiverId, meta, who, why } }];
    }
    default:
      return unreachable(command);
  }
}

export const metaPortfolioDecider: Decider<MetaPortfolioCommand, MetaPortfolioState, MetaPortfolioEvent> = {
  initialState: { waivers: [], everGranted: [] },
  evolve,
  decide,
};

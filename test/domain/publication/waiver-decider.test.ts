import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MetaPortfolioCommand } from '../../../domain/publication/commands.ts';
import { metaPortfolioDecider } from '../../../domain/publication/decider.ts';
import type { MetaPortfolioEvent } from '../../../domain/publication/slice.ts';
import { given } from '../../support/given-when-then.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const terms = { meta: 'main', who: 'risk committee', why: 'migration', paths: ['backtest.test_window'], until: '2026-12-31' };
type WaiverCommand = Extract<MetaPortfolioCommand, { waiverId: string }>;
const grant = (waiverId: string): WaiverCommand => ({ kind: 'GrantParityWaiver', waiverId, ...terms });
const revoke = (waiverId: string): WaiverCommand => ({ kind: 'RevokeParityWaiver', waiverId, meta: 'main', who: 'cio', why: 'done' });
const granted = (waiverId: string): MetaPortfolioEvent => ({ type: 'ParityWaiverGranted', data: { waiverId, ...terms } });
const revoked = (waiverId: string): MetaPortfolioEvent => ({
  type: 'ParityWaiverRevoked',
  data: { waiverId, meta: 'main', who: 'cio', why: 'done' },
});

describe('waivers of a meta portfolio', () => {
  test('are granted, and revoked', () => {
    given(metaPortfolioDecider).when(grant('w1')).then(granted('w1'));
    given(metaPortfolioDecider, granted('w1')).when(revoke('w1')).then(revoked('w1'));
  });

  test('are granted once: a redelivery is a no-op, also after other waivers', () => {
    given(metaPortfolioDecider, granted('w1'), granted('w2')).when(grant('w1')).thenNothing();
  });

  test('a grant delivered again after the waiver was revoked does not bring it back', () => {
    const decided = given(metaPortfolioDecider, granted('w1'), revoked('w1')).when(grant('w1'));
    decided.thenNothing();
    expect(decided.state().waivers).toEqual([]);
  });

  test('are revoked once', () => {
    given(metaPortfolioDecider, granted('w1'), revoked('w1')).when(revoke('w1')).thenNothing();
  });

  test('cannot be revoked before they were granted', () => {
    given(metaPortfolioDecider, granted('w1')).when(revoke('w2')).thenRefused('WaiverUnknown');
  });

  test('stand in the order in which they were granted', () => {
    const state = [granted('b'), granted('a'), granted('c'), revoked('a')].reduce(
      metaPortfolioDecider.evolve,
      metaPortfolioDecider.initialState,
    );
    expect(state.waivers.map(({ waiverId }) => waiverId)).toEqual(['b', 'c']);
  });

  test('P6: evolve takes what decide gives, and everything delivered again decides nothing', () => {
    const id = fc.constantFrom('w1', 'w2', 'w3');
    fc.assert(
      fc.property(fc.array(fc.oneof(id.map(grant), id.map(revoke)), { maxLength: 20 }), (commands) => {
        let state = metaPortfolioDecider.initialState;
        const taken: WaiverCommand[] = [];
        for (const command of commands) {
          if (command.kind === 'RevokeParityWaiver' && !state.everGranted.has(command.waiverId)) continue;
          state = metaPortfolioDecider.decide(command, state).reduce(metaPortfolioDecider.evolve, state);
          taken.push(command);
        }
        for (const command of taken) {
          if (command.kind === 'GrantParityWaiver' || !state.waivers.some(({ waiverId }) => waiverId === command.waiverId)) {
            expect(metaPortfolioDecider.decide(command, state)).toEqual([]);
          }
        }
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

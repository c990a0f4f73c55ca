/** The decision that let an asset into a sleeve run. */
import { describe, expect, test } from '@jest/globals';
import { letIn } from '../../../handlers/runs/let-in.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { selectionFacts } from '../../support/selection-facts.ts';

const { opened, selected, aborted } = selectionFacts;

type Decision = readonly ['AssetsSelected', ReturnType<typeof selected>] | readonly ['SelectionAborted', ReturnType<typeof aborted>];

async function howOf(symbol: string, ...decisions: readonly Decision[]) {
  const history = new FactHistory().add('sleeveRun-p1', 'SleeveRunOpened', opened('p1'));
  for (const [type, data] of decisions) {
    if (type === 'AssetsSelected') history.add('sleeveRun-p1', type, data);
    else history.add('sleeveRun-p1', type, data);
  }
  const { ports } = await ledgerHolding(history);
  return letIn(ports, 'p1', symbol);
}

const window: Decision = ['AssetsSelected', selected('window', 0)];
const live: Decision = ['AssetsSelected', selected('live')];

describe('how an asset was let in', () => {
  test('is what the live decision says of it, with its place among the winners', async () => {
    const how = {
      scope: 'live',
      mode: 'v4',
      asOf: '2024-01-10',
      direction: 'LONG',
      score: 0.25,
      isQuotaWaived: false,
      isWalkover: true,
      won: 2,
      candidates: 4,
    };
    expect(await howOf('AMEX:AGG', window, live)).toEqual({ ...how, cluster: 's1', stage: 1, place: 1 });
    expect(await howOf('AMEX:TIP', window, live)).toEqual({ ...how, cluster: 's2', stage: 3, place: 2 });
  });

  test('is what the static decision says where there is one for all windows', async () => {
    expect(await howOf('AMEX:AGG', ['AssetsSelected', { ...selected('live'), scope: 'static' }])).toMatchObject({
      scope: 'static',
      place: 1,
    });
  });

  test.each<[string, string, readonly Decision[]]>([
    ['nothing of an asset that did not win', 'AMEX:SPY', [window, live]],
    ['nothing where no selection is recorded', 'AMEX:AGG', []],
    ['nothing where the windows alone decided', 'AMEX:AGG', [window]],
    ['nothing where the live decision was aborted', 'AMEX:AGG', [window, ['SelectionAborted', aborted('live')]]],
  ])('is %s', async (_, symbol, decisions) => {
    expect(await howOf(symbol, ...decisions)).toBeNull();
  });
});

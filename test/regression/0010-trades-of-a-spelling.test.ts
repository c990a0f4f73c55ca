import { describe, expect, test } from '@jest/globals';
import { publicationTrades } from '../../handlers/queries/trades.ts';
import { RecordedInputs } from '../../handlers/runs/recorded-inputs.ts';
import { reallocate } from '../../handlers/reaction/reallocate.ts';
import { orderCsv } from '../../presentation/cli/order-list.ts';
import { deliverAll, type Desk, openDesk } from '../handlers/reaction/desk.ts';

const held = (symbol: string) => ({ symbol, notional: 50_000, unitValue: 100 });

/**
 * Seen with holdings of `AMEX:spy`, and of `NASDAQ:SPY`: what was held was sold and the same asset bought again, at twice the cost, exit 0
 * and no warning. Symbols were compared letter by letter, and an exchange that a broker names in its own way was another asset.
 */
describe('trades of a holding that is a target', () => {
  const published: { desk?: Desk } = {};

  async function desk(): Promise<Desk> {
    if (published.desk !== undefined) return published.desk;
    const opened = await openDesk();
    await deliverAll(opened, '2022-12-15');
    await reallocate(opened.session, new RecordedInputs(opened.session.ports), 'whole');
    published.desk = opened;
    return opened;
  }
  type Query = Parameters<typeof publicationTrades>[1];
  const ask = async (query: Partial<Query>) =>
    publicationTrades((await desk()).session.ports, { meta: 'whole', capital: 1_000_000, holdings: [], knownAt: null, ...query });

  test('do not sell what is bought, whatever the spelling and without an exchange', async () => {
    const plain = await ask({ holdings: [held('AMEX:EEE')] });
    for (const symbol of ['amex:eee', ' AMEX : EEE ', 'eee']) {
      const list = await ask({ holdings: [held(symbol)] });
      expect({ symbol, trades: list.trades }).toEqual({ symbol, trades: plain.trades });
    }
    expect((await ask({ holdings: [held('eee')] })).warnings).toEqual(['EEE is read as AMEX:EEE']);
  });

  test('are refused under another exchange, with the suggestion, unless it is kept', async () => {
    await expect(ask({ holdings: [held('NASDAQ:EEE')] })).rejects.toMatchObject({
      code: 'HoldingsInvalid',
      message: expect.stringContaining('write AMEX:EEE if it is the same'),
    });
    const kept = await ask({ holdings: [held('NASDAQ:EEE')], unmapped: 'keep' });
    expect(kept.trades.find(({ symbol }) => symbol === 'NASDAQ:EEE')).toMatchObject({ side: 'sell' });
    expect(kept.warnings).toEqual(['NASDAQ:EEE is held and AMEX:EEE is published: they are two assets, and NASDAQ:EEE is sold']);
  });

  test('know the cash of the file and its currency', async () => {
    const cash = [{ label: 'Cash', line: 9, amount: 20_000, currency: '$' }];
    const list = await ask({ holdings: [held('AMEX:EEE')], cash, capital: 70_000 });
    expect(list).toMatchObject({ cashHeld: { total: 20_000 }, warnings: [] });
    expect((await ask({ holdings: [held('AMEX:EEE')], cash })).warnings).toEqual([
      'holdings and cash of the file come to 70000.00, the capital is 1000000',
    ]);
    await expect(ask({ holdings: [{ ...held('AMEX:EEE'), currency: 'EUR' }] })).rejects.toMatchObject({ code: 'HoldingsInvalid' });
  });

  test('become a list of orders', async () => {
    const { orders, currency } = await ask({ holdings: [held('AMEX:EEE')], orderRules: { lots: null, minTrade: 1000 } });
    const [head, first] = orderCsv(orders!.orders, currency).split('\n');
    expect(head).toBe('symbol,side,quantity,unit_value,notional,cost,currency');
    const { quantity, notional, costNotional } = orders!.orders.find(({ symbol }) => symbol === 'AMEX:EEE')!;
    expect(first).toBe(`AMEX:EEE,buy,${quantity},100,${notional},${costNotional},USD`);
  });
});

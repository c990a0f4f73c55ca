import { describe, expect, test } from '@jest/globals';
import { nothingAsked } from '../../../domain/shared/csv-reading.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { parseCsvHoldings } from '../../../infra/csv/csv-holdings.ts';
import type { HoldingsAsked } from '../../../presentation/ports/ports.ts';

const plain: HoldingsAsked = { ...nothingAsked, preset: null, columns: null };

function held(text: string, asked: Partial<HoldingsAsked>) {
  const { positions, cash, leftOut, notices } = parseCsvHoldings(new TextEncoder().encode(text), 'h.csv', { ...plain, ...asked });
  return {
    positions: positions.map(({ symbol, notional, unitValue, currency }) => [symbol, notional, unitValue, currency]),
    cash: cash.map(({ label, amount, currency }) => [label, amount, currency]),
    leftOut: leftOut.map(({ line }) => line),
    notices,
  };
}

function refusal(text: string, asked: Partial<HoldingsAsked>): LedgerError {
  try {
    held(text, asked);
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const activity = `Statement,Header,Field Name,Field Value
Statement,Data,BrokerName,Interactive Brokers LLC
Account Information,Header,Field Name,Field Value
Account Information,Data,Base Currency,USD
Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,Close Price,Value,P/L,Code
Open Positions,Data,Summary,Stocks,USD,AAPL,"1,200",1,150,180000,200.5,240600,60600,
Open Positions,Data,Lot,Stocks,USD,AAPL,700,,150,105000,200.5,140350,35350,LT
Open Positions,Data,Summary,Stocks,USD,BRK B,-10,1,400,-4000,410,-4100,-100,
Open Positions,Total,,Stocks,USD,,,,,176000,,236500,60500,
Open Positions,Data,Summary,Futures,USD,ESH5,2,50,6000,600000,6010,601000,1000,
Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures,Month to Date,Year to Date
Cash Report,Data,Starting Cash,Base Currency Summary,1000,1000,0,,
Cash Report,Data,Ending Cash,Base Currency Summary,12345.67,12345.67,0,,
Cash Report,Data,Ending Cash,EUR,10,10,0,,
`;

const schwab = `"Positions for account Individual ...123 as of 09:37 AM ET, 2024/03/15"

"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Security Type",
"AAPL","APPLE INC","100","$172.62","$17,262.00","$15,000.00","Equity",
"XYZ","SHORT POSITION","(50)","$10.00","($500.00)","--","Equity",
"Cash & Cash Investments","--","--","--","$1,234.56","--","Cash and Money Market",
"Account Total","--","--","--","$17,996.56","$15,000.00","--",
`;

describe('what a broker exports is read under its preset', () => {
  test('an activity statement of Interactive Brokers: summaries without their lots, and the cash of the base currency', () => {
    expect(held(activity, { preset: 'ibkr-activity' })).toEqual({
      positions: [
        ['AAPL', 240_600, 200.5, 'USD'],
        ['BRK B', -4100, 410, 'USD'],
        ['ESH5', 601_000, 300_500, 'USD'],
      ],
      cash: [['Ending Cash, Base Currency Summary', 12345.67, 'USD']],
      leftOut: [],
      notices: [],
    });
  });

  test('positions of a Flex query, with lots beside summaries', () => {
    const flex =
      '"ClientAccountID","CurrencyPrimary","AssetClass","Symbol","Multiplier","Quantity","MarkPrice","PositionValue","LevelOfDetail"\n' +
      '"U1","USD","STK","SPY","1","10","500","5000","SUMMARY"\n"U1","USD","STK","SPY","1","4","500","2000","LOT"\n';
    expect(held(flex, { preset: 'ibkr-flex' }).positions).toEqual([['SPY', 5000, 500, 'USD']]);
  });

  test('positions of Charles Schwab: a heading, signs, parentheses, cash and a total', () => {
    expect(held(schwab, { preset: 'schwab' })).toEqual({
      positions: [
        ['AAPL', 17_262, 172.62, '$'],
        ['XYZ', -500, 10, '$'],
      ],
      cash: [['Cash & Cash Investments', 1234.56, '$']],
      leftOut: [1, 7],
      notices: [],
    });
  });

  test('a file of another broker names no columns, and is refused with those that are missing', () => {
    expect(refusal('a,b\n1,2\n', { preset: 'schwab' }).message).toContain('no line names the columns "Symbol", "Mkt Val (Market Value)"');
  });
});

describe('columns of any layout', () => {
  const columns = { symbol: 'Ticker', quantity: 'Stück', price: 'Kurs' } as const;

  test('are mapped, with currency, thousands and decimal comma as the file shows', () => {
    const text = 'Depot 4711;;\nTicker;Stück;Kurs\nxetr:sap;1.200;"123,45 €"\nUSD;1.000,50;\nSumme;;\n';
    expect(held(text, { columns })).toEqual({
      positions: [['XETR:SAP', 148_140, 123.45, '€']],
      cash: [['USD', 1000.5, null]],
      leftOut: [1, 5],
      notices: ['h.csv: read as semicolon-separated, with decimal comma'],
    });
  });

  test('a currency code at the price of one is cash, at another price a fund of that name', () => {
    const { cash, positions } = held('Ticker,Stück,Kurs\nUSD,100,1.00\nCAD,2,30.5\n', { columns });
    expect({ cash, positions }).toEqual({ cash: [['USD', 100, null]], positions: [['CAD', 61, 30.5, null]] });
  });

  test.each([
    ['an amount that is none', 'Ticker,Stück,Kurs\nAAA,1,2\nBBB,x,2\n', 3, '"x" is not a number'],
    ['an empty quantity', 'Ticker,Stück,Kurs\nAAA,,2\n', 2, 'the cell is empty'],
    ['a sign inside parentheses', 'Ticker,Stück,Kurs\nAAA,(-1),2\n', 2, '"(-1)" is not a number'],
    [
      'two spellings of a symbol',
      'Ticker,Stück,Kurs\nAMEX:SPY,1,2\namex:spy,1,2\n',
      3,
      'amex:spy and AMEX:SPY of line 2 are both AMEX:SPY',
    ],
    ['quantities that are two numbers', 'Ticker,Stück,Kurs\nAAA,"1,200",2\n', 2, '--decimal . (1200) or --decimal , (1.2)'],
  ])('%s is refused with its line', (_, text, line, words) => {
    const error = refusal(text, { columns });
    expect(error).toMatchObject({ code: 'HoldingsInvalid', at: { line } });
    expect(error.message).toContain(words);
  });

  test('a value that contradicts its quantity is refused', () => {
    const text = 'symbol,quantity,value\nAAA,10,-500\n';
    expect(refusal(text, { columns: { symbol: 'symbol', quantity: 'quantity', notional: 'value' } }).message).toContain('contradict');
  });
});

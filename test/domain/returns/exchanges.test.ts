import { describe, expect, test } from '@jest/globals';
import {
  adviceByExchange,
  calendarByExchange,
  calendarBySymbol,
  calendarIds,
  currencyByCalendar,
} from '../../../domain/returns/exchanges.ts';

/** The prefixes of TradingView's symbols, and ISO 10383 codes, by the market whose sessions they keep. */
const exchangesByCalendar = {
  XNYS: 'AMEX CBOE NASDAQ NYSE',
  XCRY: 'BINANCE BITGET BYBIT CRYPTO OKX',
  CMES: 'CBOT CBOT_MINI CME CME_MINI COMEX NYMEX',
  XFRA: 'EUREX',
  XPAR: 'EURONEXT XPAR',
  '24/5': 'FX_IDC',
  XHKG: 'HKEX XHKG',
  ICEEU: 'ICEEUR',
  ICEUS: 'ICEUS',
  XLON: 'LSE XLON',
  XSWX: 'SIX XSWX',
  XTKS: 'TSE XTKS',
  XTSE: 'TSX XTSE',
  XAMS: 'XAMS',
  XASX: 'ASX XASX',
  XETR: 'XETR',
};

describe('exchanges', () => {
  test('keep the sessions of one market each, and every market has one', () => {
    const expected = Object.entries(exchangesByCalendar).flatMap(([calendar, names]) => names.split(' ').map((name) => [name, calendar]));
    expect(Object.fromEntries(calendarByExchange)).toEqual(Object.fromEntries(expected));
    expect(new Set(calendarIds)).toEqual(new Set(Object.keys(exchangesByCalendar)));
    expect(Object.fromEntries(calendarBySymbol)).toEqual({ 'CBOE:VX1!': 'CMES' });
  });

  test('quote shares in one currency where their market has one (ISO 4217)', () => {
    const currencies = { EUR: 'XETR XPAR XAMS', USD: 'XNYS', GBP: 'XLON', CHF: 'XSWX', CAD: 'XTSE', JPY: 'XTKS', HKD: 'XHKG', AUD: 'XASX' };
    const expected = Object.entries(currencies).flatMap(([currency, names]) => names.split(' ').map((name) => [name, currency]));
    expect(Object.fromEntries(currencyByCalendar)).toEqual(Object.fromEntries(expected));
  });

  test('that people name otherwise are refused with what to write instead, which is an exchange', () => {
    const prefixes = 'AMS EPA ETR FRA FWB GETTEX HKG LON LSIN PAR SWX TRADEGATE TSXV TYO VTX XFRA';
    expect([...adviceByExchange.keys()].join(' ')).toBe(prefixes);
    const written = Object.fromEntries(
      [...adviceByExchange].map(([prefix, advice]) => [prefix, advice.match(/(?<=write |or |Xetra, )[A-Z]+/g)]),
    );
    expect(written).toEqual({
      AMS: ['XAMS', 'EURONEXT'],
      EPA: ['XPAR', 'EURONEXT'],
      ETR: ['XETR'],
      FRA: ['XETR'],
      FWB: ['XETR'],
      GETTEX: ['XETR'],
      HKG: ['HKEX'],
      LON: ['LSE'],
      LSIN: ['LSE'],
      PAR: ['XPAR', 'EURONEXT'],
      SWX: ['SIX'],
      TRADEGATE: ['XETR'],
      TSXV: ['TSX'],
      TYO: ['TSE'],
      VTX: ['SIX'],
      XFRA: ['XETR', 'EUREX'],
    });
    for (const names of Object.values(written)) for (const name of names!) expect(calendarByExchange.has(name)).toBe(true);
  });
});

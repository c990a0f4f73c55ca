import { tabledCalendars } from './tabled.ts';

/** Calendars by ISO 10383 market, `24/5` for spot exchange rates, `XCRY` for markets that never close. */
export const calendarIds = ['XNYS', 'XCRY', '24/5', 'CMES', 'ICEUS', 'ICEEU', 'XFRA', ...tabledCalendars] as const;
export type CalendarId = (typeof calendarIds)[number];

/** Exchange prefix of a symbol to its trading calendar. An exchange that is not listed is an error, never a guess. */
export const calendarByExchange: ReadonlyMap<string, CalendarId> = new Map([
  ['AMEX', 'XNYS'],
  ['ASX', 'XASX'],
  ['BINANCE', 'XCRY'],
  ['BITGET', 'XCRY'],
  ['BYBIT', 'XCRY'],
  ['CBOE', 'XNYS'],
  ['CBOT', 'CMES'],
  ['CBOT_MINI', 'CMES'],
  ['CME', 'CMES'],
  ['CME_MINI', 'CMES'],
  ['COMEX', 'CMES'],
  ['CRYPTO', 'XCRY'],
  ['EUREX', 'XFRA'],
  ['EURONEXT', 'XPAR'],
  ['FX_IDC', '24/5'],
  ['HKEX', 'XHKG'],
  ['ICEEUR', 'ICEEU'],
  ['ICEUS', 'ICEUS'],
  ['LSE', 'XLON'],
  ['NASDAQ', 'XNYS'],
  ['NYMEX', 'CMES'],
  ['NYSE', 'XNYS'],
  ['OKX', 'XCRY'],
  ['SIX', 'XSWX'],
  ['TSE', 'XTKS'],
  ['TSX', 'XTSE'],
  ['XAMS', 'XAMS'],
  ['XASX', 'XASX'],
  ['XETR', 'XETR'],
  ['XHKG', 'XHKG'],
  ['XLON', 'XLON'],
  ['XPAR', 'XPAR'],
  ['XSWX', 'XSWX'],
  ['XTKS', 'XTKS'],
  ['XTSE', 'XTSE'],
]);

/** Symbols that do not trade on their exchange's calendar; looked up first. */
export const calendarBySymbol: ReadonlyMap<string, CalendarId> = new Map([['CBOE:VX1!', 'CMES']]);

/** Prefixes that people use and that name no calendar here, with what to write instead. */
export const adviceByExchange: ReadonlyMap<string, string> = new Map([
  ['AMS', 'write XAMS or EURONEXT'],
  ['EPA', 'write XPAR or EURONEXT'],
  ['ETR', 'write XETR'],
  ['FRA', 'the floor of Frankfurt and Xetra quote under it: write XETR for prices of Xetra'],
  ['FWB', 'prices of the floor of Frankfurt have no calendar here: write XETR for prices of Xetra'],
  ['GETTEX', 'it has no calendar here: write XETR for prices of Xetra'],
  ['HKG', 'write HKEX'],
  ['LON', 'write LSE'],
  ['LSIN', 'the international book of London has no calendar here: write LSE for prices of the main book'],
  ['PAR', 'write XPAR or EURONEXT'],
  ['SWX', 'write SIX'],
  ['TRADEGATE', 'it has no calendar here: write XETR for prices of Xetra'],
  ['TSXV', 'the venture exchange has no calendar here: write TSX for prices of Toronto'],
  ['TYO', 'write TSE'],
  ['VTX', 'write SIX'],
  ['XFRA', 'prices of the floor of Frankfurt have no calendar here: write XETR for prices of Xetra, EUREX for futures'],
]);

/** Currency in which shares of an exchange are quoted; other exchanges quote in several, or say nothing of it. */
export const currencyByCalendar: ReadonlyMap<CalendarId, string> = new Map([
  ['XNYS', 'USD'],
  ['XETR', 'EUR'],
  ['XLON', 'GBP'],
  ['XPAR', 'EUR'],
  ['XAMS', 'EUR'],
  ['XSWX', 'CHF'],
  ['XTSE', 'CAD'],
  ['XTKS', 'JPY'],
  ['XHKG', 'HKD'],
  ['XASX', 'AUD'],
]);

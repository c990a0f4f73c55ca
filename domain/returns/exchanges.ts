/** Calendars by ISO 10383 market, `24/5` for spot exchange rates, `XCRY` for markets that never close. */
export const calendarIds = ['XNYS', 'XCRY', '24/5', 'CMES', 'ICEUS', 'ICEEU', 'XFRA'] as const;
export type CalendarId = (typeof calendarIds)[number];

/** Exchange prefix of a symbol to its trading calendar. An exchange that is not listed is an error, never a guess. */
export const calendarByExchange: ReadonlyMap<string, CalendarId> = new Map([
  ['AMEX', 'XNYS'],
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
  ['FX_IDC', '24/5'],
  ['ICEEUR', 'ICEEU'],
  ['ICEUS', 'ICEUS'],
  ['NASDAQ', 'XNYS'],
  ['NYMEX', 'CMES'],
  ['NYSE', 'XNYS'],
  ['OKX', 'XCRY'],
]);

/** Symbols that do not trade on their exchange's calendar; looked up first. */
export const calendarBySymbol: ReadonlyMap<string, CalendarId> = new Map([['CBOE:VX1!', 'CMES']]);

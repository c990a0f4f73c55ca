import { expect, test } from '@jest/globals';
import * as exchanges from '../../../domain/returns/exchanges.ts';
import golden from '../../golden/returns/exchanges.json' with { type: 'json' };

test('every exchange has the calendar, advice and currency that are written down, in this order', () => {
  expect({
    calendarIds: [...exchanges.calendarIds],
    calendarByExchange: [...exchanges.calendarByExchange],
    calendarBySymbol: [...exchanges.calendarBySymbol],
    adviceByExchange: [...exchanges.adviceByExchange],
    currencyByCalendar: [...exchanges.currencyByCalendar],
  }).toEqual(golden);
});

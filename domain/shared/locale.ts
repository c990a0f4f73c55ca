/** What dates are written in: no text depends on the machine, whose own locale takes ten milliseconds to be looked up. */
export const locale = 'en-US';

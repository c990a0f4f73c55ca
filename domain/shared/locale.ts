/**
 * What dates are written in: no text depends on the machine, and its own locale is not looked up, which takes as long as a short command.
 */
export const locale = 'en-US';

import type { ErrorKind } from './error-kind.ts';

/** What is wrong with a configuration, a response or a file of a scan. */
const inputs = (advice: string): ErrorKind & { readonly exit: 2 } => ({ fault: 'inputs', ends: 'command', exit: 2, http: 422, advice });

/** Errors of scanners, their responses and their audits. */
export const scanErrors = {
  ScannerConfigInvalid: inputs(
    'Correct the place named in the scanner file; docs/reference/scanners.md lists the keys and what they hold.',
  ),
  ScannerCycle: inputs('Take one base_preset out of the cycle shown.'),
  ScannerBaseMissing: inputs('Write the base_preset relative to the file that names it, inside the folder of scanners.'),
  ScannerBaseOutside: inputs('Copy the base into the folder of scanners: nothing outside is read.'),
  ScannerUnknown: {
    fault: 'caller',
    ends: 'command',
    exit: 66,
    http: 404,
    advice: 'Name a scanner by its id or by its path below the folder of scanners; --scanners names the folder.',
  },
  ScanResponseInvalid: inputs('Fetch the response again: nothing of it was recorded. docs/reference/scanners.md shows both shapes.'),
  ScanExportInvalid: inputs('Give an export as `scan run -o` writes it; docs/reference/scanners.md shows the shape.'),
  CategoryMapInvalid: inputs('Give JSON with by_symbol and by_text, each a map from text to a category id of digits in quotes.'),
  ScanColumnUnknown: inputs('Take the column out of the scanners named, or leave it out by name with --drop-column.'),
  ScanServerRefused: {
    fault: 'inputs',
    ends: 'command',
    exit: 2,
    http: 502,
    advice: 'The server answered and will answer the same again: look at the address, the market and the request shown.',
  },
  ScanServerUnavailable: {
    fault: 'world',
    ends: 'command',
    exit: 75,
    http: 503,
    advice: 'Try again later, or scan a saved response with --response.',
  },
  ScanNotRecorded: {
    fault: 'caller',
    ends: 'command',
    exit: 66,
    http: 404,
    advice: 'Record the scan with `scan run` first, or name another as-of date: `scan:<id>@<date>`.',
  },
  ScanNotUsable: {
    fault: 'inputs',
    ends: 'command',
    exit: 1,
    http: 422,
    advice: 'Look at `scan funnel` for what was not evaluated, and scan a response that has the columns.',
  },
} as const satisfies Record<string, ErrorKind>;

import type { Finding } from './verdict.ts';

/** What somebody can do about findings of one code. */
export interface Remedy {
  readonly code: string;
  readonly remedy: string;
}

/** Symbols that a remedy names one by one. */
const namedMax = 5;

interface Concerned {
  /** `--exclude A B`, and how many symbols more. */
  readonly exclude: string;
  /** Places of the first findings: file and line. */
  readonly at: string;
  readonly symbols: string;
}

const leaveOut = ({ exclude }: Concerned): string => (exclude === '' ? '' : `, or leave out what has it: ${exclude}`);
const correct = (concerned: Concerned): string => `correct the prices (${concerned.at})${leaveOut(concerned)}`;
const order = ({ at }: Concerned): string => `sort the rows by date and keep one for each date (${at})`;
const look = ({ symbols }: Concerned): string =>
  `look at the price; where it is wrong correct it, where the move is real accept it with its date in data.accept_moves (${symbols})`;

const remedies: Readonly<Record<string, (concerned: Concerned) => string>> = {
  exchange_unknown: ({ exclude }) => `use an exchange that \`docs/reference/calendars.md\` lists, or leave the symbol out: ${exclude}`,
  duplicate_date: order,
  unsorted_date: order,
  invalid_date: ({ at }) => `correct the date (${at}), or use later rows only: --from, or a smaller data.lookback_days`,
  off_calendar_row: () => '--repair drop-off-calendar drops such prices before anything is computed, and lists them',
  non_finite_price: correct,
  non_positive_price: correct,
  extreme_return: correct,
  ruinous_return: correct,
  missing_sessions_share: (concerned) => `bring the missing sessions from the source of the prices${leaveOut(concerned)}`,
  stale: (concerned) => `bring newer prices, or take an earlier --as-of${leaveOut(concerned)}`,
  split_suspected: look,
  spike_suspected: look,
  units_suspected: ({ symbols }) =>
    `write returns as fractions (0.01 for 1 %); where they are right accept them in data.accept_moves, without a date (${symbols})`,
};

function listed(names: readonly string[], separator: string): string {
  const rest = names.length - namedMax;
  return rest > 0 ? `${names.slice(0, namedMax).join(separator)} and ${rest} more` : names.join(separator);
}

function concernedBy(findings: readonly Finding[]): Concerned {
  const symbols = [...new Set(findings.flatMap(({ symbol }) => (symbol === null ? [] : [symbol])))];
  const [first] = findings;
  return {
    exclude: symbols.length === 0 ? '' : `--exclude ${listed(symbols, ' ')}`,
    at: first === undefined ? '' : `${first.file}${first.line === null ? '' : `, line ${first.line}`}`,
    symbols: listed(symbols, ', '),
  };
}

/** What can be done about findings, each code once, in the order of the findings. Codes that ask for nothing have none. */
export function remediesOf(findings: readonly Finding[]): Remedy[] {
  return [...new Set(findings.map(({ code }) => code))].flatMap((code) => {
    const remedy = remedies[code]?.(concernedBy(findings.filter((finding) => finding.code === code)));
    return remedy === undefined ? [] : [{ code, remedy }];
  });
}

/** Remedies of the errors of a verdict: what keeps a run from being usable. */
export function remediesOfErrors(findings: readonly Finding[]): Remedy[] {
  return remediesOf(findings.filter(({ level }) => level === 'error'));
}

import type { CombinationAsked } from '../../domain/combine/planned-defaults.ts';
import type { BudgetRule, PlannedCombination } from '../../domain/combine/planned-schemas.ts';
import type { NumberByName } from '../../domain/combine/request.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { choiceFlag, dateFlag, filesFlag, integerFlag, isPlainDecimal, numberFlag, requiredFlag, textFlag } from './flags.ts';
import { covarianceIn, numbersIn, positionsIn, sleeveReturnsIn } from './positions-input.ts';
import type { Flag, FlagValues, VerbContext } from './verb.ts';

export const combinationFlags: readonly Flag[] = [
  { flags: '--positions <file>', summary: 'CSV asset,SLEEVE,... or JSON {"SLEEVE": {"ASSET": 0.8}}, in risk units', required: true },
  { flags: '--budgets <pairs...>', summary: 'risk budgets, sum 1: tsmom=0.6 xsec=0.4, or a file (CSV sleeve,budget or JSON)' },
  { flags: '--budget-rule <rule>', summary: 'given (default), erc, erc_realised, or dynamic from the budgets given' },
  { flags: '--previous <file>', summary: 'weights held before: CSV asset,weight or JSON' },
  { flags: '--lower <weight>', summary: 'least weight of an asset (default: -1.5)' },
  { flags: '--upper <weight>', summary: 'greatest weight of an asset (default: 1.5)' },
  { flags: '--gross-cap <sum>', summary: 'largest sum of absolute weights (default: 7)' },
  { flags: '--net-cap <sum>', summary: 'largest absolute sum of weights (default: 2)' },
  { flags: '--turnover-cap <sum>', summary: 'largest two-sided turnover against the previous weights (default: none)' },
  { flags: '--projection <how>', summary: 'exact (default): the nearest weights, proved; sequential: clip, turnover, gross, net in turn' },
  { flags: '--no-flip', summary: 'weights keep the sign of the combined total' },
  { flags: '--cost-aversion <price>', summary: 'price of a unit of turnover in the objective (default: 0)' },
  { flags: '--correlation-aware <of>', summary: 'scale the total up for what correlation takes off: positions or realised' },
  { flags: '--covariance <file>', summary: 'annualised covariance of the assets: CSV with the same names above and at the side' },
  { flags: '--sleeve-returns <file>', summary: 'returns of the sleeves: CSV date,SLEEVE,...' },
  { flags: '--annualisation-days <days>', summary: 'rows of these returns in a year (default: 252)' },
  { flags: '--eta <strength>', summary: 'dynamic: response to a Sharpe ratio of one (default: 0.5)' },
  { flags: '--rows <count>', summary: 'dynamic: last rows that the Sharpe ratios are taken over (default: 63)' },
  { flags: '--budget-min <share>', summary: 'dynamic: least budget (default: 0)' },
  { flags: '--budget-max <share>', summary: 'dynamic: greatest budget (default: 1)' },
  { flags: '--name <book>', summary: 'what the book is called (default: book)' },
  { flags: '--as-of <date>', summary: 'date of the positions' },
];

const usage = (path: string, why: string): LedgerError => new LedgerError('Usage', `${path}: ${why}`, { at: { path } });

async function budgetsIn(context: VerbContext, flags: FlagValues): Promise<NumberByName | null> {
  const given = filesFlag(flags, 'budgets');
  if (given.length === 0) return null;
  if (given.length === 1 && !given[0]!.includes('=')) return numbersIn(context, flags, given[0]!);
  const budgets = new Map<string, number>();
  for (const pair of given.flatMap((one) => one.split(','))) {
    const at = pair.lastIndexOf('=');
    const sleeve = pair.slice(0, Math.max(at, 0)).trim();
    const text = pair.slice(at + 1).trim();
    if (sleeve === '' || !isPlainDecimal(text)) throw usage('--budgets', `${pair} is no SLEEVE=BUDGET`);
    if (budgets.has(sleeve)) throw usage('--budgets', `${sleeve} is given twice`);
    budgets.set(sleeve, Number(text));
  }
  return Object.fromEntries(budgets);
}

async function ruleOf(context: VerbContext, flags: FlagValues): Promise<BudgetRule> {
  const kind = choiceFlag(flags, 'budgetRule', ['given', 'erc', 'erc_realised', 'dynamic'], 'given');
  const budgets = await budgetsIn(context, flags);
  if (kind === 'erc' || kind === 'erc_realised') {
    if (budgets !== null) throw usage('--budgets', `the rule ${kind} makes the budgets itself`);
    return { kind };
  }
  if (budgets === null) throw usage('--budgets', 'SLEEVE=BUDGET for every sleeve is needed');
  if (kind === 'given') return { kind, budgets };
  return {
    kind,
    base: budgets,
    terms: {
      eta: numberFlag(flags, 'eta', 0.5),
      rows: integerFlag(flags, 'rows', 63),
      lower: numberFlag(flags, 'budgetMin', 0),
      upper: numberFlag(flags, 'budgetMax', 1),
    },
  };
}

function constraintsOf(flags: FlagValues): Partial<PlannedCombination['constraints']> {
  const given = {
    lower: numberFlag(flags, 'lower', null),
    upper: numberFlag(flags, 'upper', null),
    grossCap: numberFlag(flags, 'grossCap', null),
    netCap: numberFlag(flags, 'netCap', null),
    turnoverCap: numberFlag(flags, 'turnoverCap', null),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

/** A combination as the flags have it. Errors: Usage, PositionsFileUnreadable, LimitExceeded, those of reading. */
export async function combinationAsked(context: VerbContext, flags: FlagValues): Promise<CombinationAsked> {
  const file = async <Read>(name: string, read: (path: string) => Promise<Read>): Promise<Read | null> => {
    const path = textFlag(flags, name);
    return path === null ? null : read(path);
  };
  const days = integerFlag(flags, 'annualisationDays', 252);
  return {
    name: textFlag(flags, 'name') ?? 'book',
    asOf: dateFlag(flags, 'asOf'),
    positions: await positionsIn(context, flags, requiredFlag(flags, 'positions')),
    budgets: await ruleOf(context, flags),
    previous: await file('previous', (path) => numbersIn(context, flags, path)),
    correlationAware: choiceFlag(flags, 'correlationAware', ['none', 'positions', 'realised'], 'none'),
    constraints: constraintsOf(flags),
    method: {
      projection: choiceFlag(flags, 'projection', ['exact', 'sequential'], 'exact'),
      noFlip: flags['flip'] === false,
      costAversion: numberFlag(flags, 'costAversion', 0),
    },
    assetCovariance: await file('covariance', (path) => covarianceIn(context, flags, path)),
    sleeveReturns: await file('sleeveReturns', (path) => sleeveReturnsIn(context, flags, path, days)),
  };
}

import type { Json } from '../shared/canonical-json.ts';

/** A leaf that came after identity version 1. */
export interface NeutralLeaf {
  /** Its name, forever: see leaf-names.ts. */
  readonly leaf: string;
  /** Release that added it. */
  readonly since: string;
  /** What its absence meant before it existed. Frozen: it is not a default, and no default changes it. */
  readonly neutral: Json;
  readonly why: string;
}

const selectedNothing = 'No selection was computed.';
const boundNoGross = 'No bound of gross exposure could be declared.';
const readNoRegime = 'No regime was read.';

/**
 * Every leaf that came after identity version 1. Identity omits one only at its neutral value, so that what was recorded before it existed
 * keeps its ids; documents of this program that were written before are read with the neutral value. Lines are added, never edited.
 */
export const neutralLeaves: readonly NeutralLeaf[] = [
  { leaf: 'sleeve_run.csv', since: '0.2.0', neutral: null, why: 'Nothing could be said of how CSV is read, and only the plain way was.' },
  { leaf: 'sleeve_run.universe', since: '0.2.0', neutral: null, why: 'No scan was recorded, so none gave the symbols of a run.' },
  { leaf: 'data.accept_moves', since: '0.2.0', neutral: [], why: 'No move was looked at, so none could be accepted.' },
  {
    leaf: 'backtest.partial_last_window',
    since: '0.2.0',
    neutral: 'skip',
    why: 'Rows behind the last full window were traded by no release before.',
  },
  { leaf: 'backtest.meta_rows', since: '0.2.0', neutral: 'trailing', why: 'No portfolio was backtested.' },
  {
    leaf: 'backtest.universe',
    since: '0.2.0',
    neutral: 'whole_range',
    why: 'No portfolio was backtested, and runs judge their whole range.',
  },
  { leaf: 'data.research', since: '0.2.0', neutral: false, why: 'No venue was judged.' },
  { leaf: 'selection.min_winners', since: '0.2.0', neutral: 5, why: selectedNothing },
  { leaf: 'selection.min_score_rank', since: '0.2.0', neutral: 0, why: selectedNothing },
  { leaf: 'selection.exclude_cash_like', since: '0.2.0', neutral: false, why: selectedNothing },
  { leaf: 'selection.require', since: '0.2.0', neutral: [], why: selectedNothing },
  { leaf: 'selection.entropy_acceptance', since: '0.2.0', neutral: [], why: selectedNothing },
  { leaf: 'selection.reading', since: '0.2.0', neutral: 'ruled', why: selectedNothing },
  { leaf: 'selection.readings', since: '0.2.0', neutral: [], why: selectedNothing },
  { leaf: 'risk.aggressor_table', since: '0.2.0', neutral: 'code', why: readNoRegime },
  { leaf: 'features.spectral', since: '0.2.0', neutral: 'noise', why: readNoRegime },
  { leaf: 'features.adaptive_mapping', since: '0.2.0', neutral: 'quadrant', why: readNoRegime },
  { leaf: 'risk.gross_max', since: '0.2.0', neutral: null, why: boundNoGross },
  { leaf: 'risk.leverage', since: '0.2.0', neutral: null, why: boundNoGross },
];

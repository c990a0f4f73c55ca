import { judgedGrid } from '../allocation/sleeve/allocation.ts';
import { errorsInWords } from '../allocation/integrity-evidence.ts';
import type { SleeveRunOptions } from '../allocation/sleeve/options.ts';
import { scopeOf, type SleeveScope } from '../allocation/sleeve/scope.ts';
import { assertExecutable } from '../manifest/executable.ts';
import type { AtomicNode, MetaNode } from '../manifest/resolved-meta-schema.ts';
import { type CalendarId, calendarsOf } from '../returns/calendar.ts';
import type { Grid } from '../returns/grid.ts';
import type { PriceFile } from '../returns/price-file.ts';
import { pathKey } from '../run/delivered-run.ts';
import type { GivenSupply } from '../allocation/sleeve/given-supply.ts';
import type { MetaRunOptions } from '../run/meta-run-options.ts';
import { LedgerError } from '../shared/errors.ts';
import { scopeAsOfStart } from './as-of-start.ts';

/** An atomic sleeve of a backtest with the prices that it reads. */
export interface BacktestSleeve {
  readonly path: readonly string[];
  readonly sleeve: AtomicNode;
  readonly options: SleeveRunOptions;
  /** Named without their folders. */
  readonly files: readonly PriceFile[];
  /** Symbols that were named and left out, where the files hold their columns no more. */
  readonly leftOut: readonly string[];
  /** What is given beside prices; left out where nothing is. */
  readonly supply?: GivenSupply | undefined;
  /** The recorded run whose prices these are; null where they were read from files. */
  readonly sourceRunId: string | null;
}

/** Everything from which a backtest is computed. */
export interface BacktestInput {
  readonly node: MetaNode;
  readonly options: Pick<MetaRunOptions, 'risks' | 'risksFrom' | 'join' | 'projection'>;
  /** Version of the rules to compute under. */
  readonly rules: number;
  readonly sleeves: readonly BacktestSleeve[];
}

/** A sleeve cut to what the backtest may see, before any grid is made. */
export interface ScopedSleeve extends BacktestSleeve {
  readonly scope: SleeveScope;
}

/** A sleeve on its grid. */
export interface PreparedSleeve extends ScopedSleeve {
  readonly grid: Grid;
  readonly calendars: readonly CalendarId[];
}

/** Cuts a sleeve to its scope. Errors: PricesMissing, SymbolTwice, ExchangeUnknown, HistoryTooShort. */
export function scopedSleeve(sleeve: BacktestSleeve, rules: number): ScopedSleeve {
  const { options, files, leftOut, supply } = sleeve;
  return { ...sleeve, scope: scopeOf({ resolved: sleeve.sleeve.resolved, options, files, leftOut, supply, rules }) };
}

/**
 * Judges the prices of a sleeve and makes its grid, as its own run does; under `as_of_start` its universe is chosen by what was known when
 * its first window began. Errors: IntegrityFailed, naming the sleeve; those of the grid.
 */
export function preparedSleeve(scoped: ScopedSleeve, { node, rules }: BacktestInput): PreparedSleeve {
  const { resolved } = scoped.sleeve;
  const where = pathKey(scoped.path);
  assertExecutable(resolved);
  const whole = { resolved, options: scoped.options, scope: scoped.scope, rules };
  const scope = node.blocks.backtest.universe === 'as_of_start' ? scopeAsOfStart(whole) : scoped.scope;
  const { audited, grid } = judgedGrid({ ...whole, scope });
  if (grid === null)
    throw new LedgerError('IntegrityFailed', `sleeve ${where}: ${errorsInWords(audited.verdict)}`, {
      evidence: { path: [...scoped.path], findings: audited.verdict.findings.slice(0, 5) },
      at: { path: where },
    });
  return { ...scoped, scope, grid, calendars: calendarsOf(grid.kept) };
}

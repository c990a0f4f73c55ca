import { parseDay } from '../../domain/returns/days.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { typedAmount } from '../../domain/shared/written-number.ts';
import { parseKnownAt } from '../../handlers/read-models/position.ts';
import type { FlagValues } from './verb.ts';

/** Readers of parsed flags: each says what it wants and refuses anything else. */

export function textFlag(flags: FlagValues, name: string): string | null {
  const value = flags[name];
  return typeof value === 'string' ? value : null;
}

export function requiredFlag(flags: FlagValues, name: string): string {
  const value = textFlag(flags, name);
  if (value === null || value === '') throw new LedgerError('Usage', `--${kebab(name)} is needed`, { at: { path: `--${kebab(name)}` } });
  return value;
}

export function isSet(flags: FlagValues, name: string): boolean {
  return flags[name] === true;
}

/** Why a clock that is ahead of the ledger is accepted; null when nobody says so. Errors: Usage without a reason. */
export function acceptedJumpWhy(flags: FlagValues): string | null {
  return isSet(flags, 'acceptClockJump') ? requiredFlag(flags, 'why') : null;
}

/** Values of a repeatable flag, each possibly a comma-separated list. */
export function listFlag(flags: FlagValues, name: string): string[] {
  const value = flags[name];
  const values = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as string[]) : [];
  return values
    .flatMap((item) => item.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Values of a variadic flag of files, taken whole: a comma may belong to a name. */
export function filesFlag(flags: FlagValues, name: string): string[] {
  const value = flags[name];
  return typeof value === 'string' ? [value] : Array.isArray(value) ? [...(value as string[])] : [];
}

export function choiceFlag<Choice extends string>(flags: FlagValues, name: string, choices: readonly Choice[], standard: Choice): Choice {
  const value = textFlag(flags, name);
  if (value === null) return standard;
  const choice = choices.find((item) => item === value);
  if (choice === undefined) {
    throw new LedgerError('Usage', `--${kebab(name)}: there is no ${value}${suggestion(value, choices)}`, {
      at: { path: `--${kebab(name)}` },
    });
  }
  return choice;
}

export function dateFlag(flags: FlagValues, name: string): string | null {
  const value = textFlag(flags, name);
  if (value === null) return null;
  if (parseDay(value) === null) {
    throw new LedgerError('Usage', `--${kebab(name)} ${value}: a date such as 2023-08-31`, { at: { path: `--${kebab(name)}` } });
  }
  return value;
}

/** An amount above zero; thousands may be separated. Errors: Usage, also for a text that is two amounts. */
export function amountFlag(flags: FlagValues, name: string): number | null {
  const text = textFlag(flags, name);
  if (text === null) return null;
  const amount = typedAmount(text);
  if (amount !== null && amount > 0) return amount;
  throw new LedgerError('Usage', `--${kebab(name)} ${text}: an amount above zero that reads in one way only, such as 1000000 or 1_000.50`, {
    at: { path: `--${kebab(name)}` },
  });
}

export function integerFlag(flags: FlagValues, name: string, standard: number): number {
  const value = textFlag(flags, name);
  if (value === null) return standard;
  if (!/^\d{1,9}$/.test(value))
    throw new LedgerError('Usage', `--${kebab(name)} ${value}: a whole number`, { at: { path: `--${kebab(name)}` } });
  return Number(value);
}

/** `--limit`: how much stands on a page; null for everything. */
export function pageFlag(flags: FlagValues): number | null {
  return textFlag(flags, 'limit') === null ? null : integerFlag(flags, 'limit', 0);
}

/** Whether a text is a number in plain decimals, such as `-0.5` or `2e-3`. */
export function isPlainDecimal(text: string): boolean {
  return /^-?\d{1,12}(?:\.\d+)?(?:e-?\d{1,2})?$/i.test(text);
}

/** A number in plain decimals; `standard` where the flag is not given. Errors: Usage. */
export function numberFlag<Standard>(flags: FlagValues, name: string, standard: Standard): number | Standard {
  const value = textFlag(flags, name);
  if (value === null) return standard;
  if (!isPlainDecimal(value))
    throw new LedgerError('Usage', `--${kebab(name)} ${value}: a number in plain decimals, such as 0.5`, {
      at: { path: `--${kebab(name)}` },
    });
  return Number(value);
}

/** `--known-at`, as a position or an instant. */
export function ledgerTimeFlag(flags: FlagValues): string | null {
  const value = textFlag(flags, 'knownAt');
  return value === null ? null : parseKnownAt(value);
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

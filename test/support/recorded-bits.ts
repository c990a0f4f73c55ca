import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { LedgerError } from '../../domain/shared/errors.ts';

/** A value as text in which every bit counts: signs of zeros, numbers that are none, and the order of fields. */
function written(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) => {
    if (held === undefined) return 'undefined';
    if (typeof held === 'number' && (Object.is(held, -0) || !Number.isFinite(held))) return Object.is(held, -0) ? '-0' : String(held);
    if (ArrayBuffer.isView(held)) return Array.from(held as unknown as ArrayLike<number>);
    return held instanceof Map || held instanceof Set ? [...held] : held;
  });
}

/** What a computation ends with: its result, or its refusal with code, message, evidence and place. */
export function outcomeOf(compute: () => unknown): unknown {
  try {
    return { result: compute() };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence, at } = error;
    return { code, message, evidence, at };
  }
}

/** A short name of a value that changes with any of its bits. */
export function bitsOf(value: unknown): string {
  return createHash('sha256').update(written(value)).digest('hex').slice(0, 16);
}

/**
 * What was recorded of some computations, by case: `found` when `RECORD_BITS` is set, for a change of results that is meant (it needs new
 * rules of a run, since the ledger replays bit for bit), else what stands in `golden/bits`.
 */
export function recordedBits(name: string, found: Readonly<Record<string, string>>): unknown {
  const file = new URL(`../golden/bits/${name}.json`, import.meta.url);
  if (process.env['RECORD_BITS'] === '1') writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** The bits of each case. */
export function bitsOfCases(cases: Readonly<Record<string, () => unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(cases).map(([name, compute]) => [name, bitsOf(outcomeOf(compute))]));
}

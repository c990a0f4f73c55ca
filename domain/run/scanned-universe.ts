import { z } from 'zod';
import { isoDateSchema } from '../shared/artifact-reference.ts';
import { LedgerError } from '../shared/errors.ts';
import { identity, sha256Hex } from '../shared/fields.ts';
import type { EligibilityEvidence } from './grade.ts';

/** Gates of a scan: true, false, or null where one was not configured or not evaluated. */
const passesSchema = z.record(z.string(), z.boolean().nullable());
export type PassedGates = Readonly<z.infer<typeof passesSchema>>;

const foundSchema = z.strictObject({
  symbol: z.string(),
  /** Every scanner that selected it, and at which place. */
  by: z
    .array(
      z.strictObject({
        scanner: identity,
        rank: z.number().int().positive(),
        /** Gates of a scan that came as a file; those of a recorded scan stand in the ledger. */
        passes: passesSchema.optional(),
      }),
    )
    .min(1),
});

/** The universe of a run that scans gave: which scans, who found what, and what has no price. */
export const scannedUniverseSchema = z.strictObject({
  scans: z
    .array(
      z.strictObject({
        scanner: identity,
        asOf: isoDateSchema,
        /** Of a recorded scan: it names the event. Of a file: the hash of its bytes. */
        snapshot: sha256Hex,
        /** The file that the scan was exported to, and how many it selected; left out for a recorded scan. */
        exported: z.strictObject({ file: z.string(), selected: z.number().int().nonnegative() }).optional(),
        verdict: z.enum(['complete', 'partial']),
        /** What was not evaluated or not returned, in words. */
        lacking: z.array(z.string()),
      }),
    )
    .min(1),
  /** In the order of the scans, each symbol at its first place. */
  found: z.array(foundSchema),
  /** Found, and without any price in the files: left out, and replaced by nobody. */
  unpriced: z.array(foundSchema),
  /** `selection look-ahead`: prices from before a scan are used, which knew how they went on. */
  labels: z.array(z.literal('selection look-ahead')),
});
export type ScannedUniverse = z.infer<typeof scannedUniverseSchema>;

/** What a universe takes of a recorded scan. */
export interface UniverseScan {
  readonly scanner: string;
  readonly asOf: string;
  readonly snapshot: string;
  readonly verdict: 'complete' | 'partial' | 'unknown';
  readonly notEvaluated: {
    readonly filters: readonly { readonly index: number; readonly filter: string }[];
    readonly gates: readonly { readonly gate: string }[];
    readonly conditions: readonly { readonly gate: string; readonly column: string }[];
  };
  readonly notReturned: readonly string[];
  readonly selected: readonly string[];
  /** Left out for a recorded scan. */
  readonly exported?: {
    readonly file: string;
    /** What is not known of it, in words. */
    readonly lacking: readonly string[];
    readonly passes: ReadonlyMap<string, PassedGates | null>;
  };
}

/** Fewer priced symbols than this are no universe of a sleeve that holds them all: one or two would be the whole portfolio. */
export const pricedSymbolsMin = 5;

function lackingOf({ notEvaluated, notReturned, exported }: UniverseScan): string[] {
  if (exported !== undefined) return [...exported.lacking];
  const { filters, gates, conditions } = notEvaluated;
  return [
    ...filters.map(({ index, filter }) => `filter[${index}] on ${filter} not evaluated`),
    ...gates.map(({ gate }) => `${gate} not evaluated`),
    ...conditions.map(({ gate, column }) => `${gate} evaluated without ${column}`),
    ...(notReturned.length === 0 ? [] : [`not returned: ${notReturned.join(', ')}`]),
  ];
}

/** Errors: ScanNotUsable for a verdict that gives no universe. */
function usableScan(scan: UniverseScan, isStrict: boolean): ScannedUniverse['scans'][number] {
  const { scanner, asOf, snapshot, verdict, exported } = scan;
  const lacking = lackingOf(scan);
  if (verdict !== 'unknown' && (verdict === 'complete' || !isStrict)) {
    const from = exported === undefined ? {} : { exported: { file: exported.file, selected: scan.selected.length } };
    return { scanner, asOf, snapshot, ...from, verdict, lacking };
  }
  throw new LedgerError('ScanNotUsable', `the scan ${scanner}@${asOf} is ${verdict}: ${lacking.join('; ') || 'it has no row'}`, {
    evidence: { scanner, asOf, verdict, lacking },
    at: { path: `scan:${scanner}` },
  });
}

/** Scans that were made after a first price row: they knew how its prices went on. */
export function scansAfter<Scan extends Pick<UniverseScan, 'asOf'>>(scans: readonly Scan[], first: string | null): Scan[] {
  return first === null ? [] : scans.filter(({ asOf }) => first < asOf);
}

export interface PricedSymbols {
  /** Symbols with a price in the files. */
  readonly priced: ReadonlySet<string>;
  /** First price row that is used; null without any. */
  readonly first: string | null;
  /** Refuses a scan in which something was not evaluated or not returned. */
  readonly isStrict: boolean;
  /** Fewer symbols with a price are refused. */
  readonly symbolsMin: number;
}

/**
 * The universe that scans give, joined in their order. Errors: ScanNotUsable for a scan that is unknown, or partial where that is refused;
 * UniverseTooSmall when fewer than `symbolsMin` of the symbols have a price.
 */
export function scannedUniverse(scans: readonly UniverseScan[], { priced, first, isStrict, symbolsMin }: PricedSymbols): ScannedUniverse {
  const usable = scans.map((scan) => usableScan(scan, isStrict));
  const found = new Map<string, ScannedUniverse['found'][number]['by']>();
  for (const { scanner, selected, exported } of scans)
    for (const [index, symbol] of selected.entries()) {
      const passes = exported?.passes.get(symbol) ?? null;
      const by = { scanner, rank: index + 1, ...(passes === null ? {} : { passes }) };
      found.set(symbol, [...(found.get(symbol) ?? []), by]);
    }
  const all = [...found].map(([symbol, by]) => ({ symbol, by }));
  const withPrice = all.filter(({ symbol }) => priced.has(symbol));
  if (withPrice.length < symbolsMin)
    throw new LedgerError(
      'UniverseTooSmall',
      `${withPrice.length} of ${all.length} scanned symbols have a price, ${symbolsMin} are needed: ` +
        all.map(({ symbol }) => symbol).join(', '),
      { evidence: { selected: all.length, priced: withPrice.length }, at: { path: '--universe' } },
    );
  return {
    scans: usable,
    found: withPrice,
    unpriced: all.filter(({ symbol }) => !priced.has(symbol)),
    labels: scansAfter(usable, first).length > 0 ? ['selection look-ahead'] : [],
  };
}

/** What the scans count for in the grade of a run: something that was not evaluated is unknown, and never certifies. */
export function universeEvidence({ scans }: ScannedUniverse): EligibilityEvidence {
  const partial = scans.filter(({ verdict }) => verdict === 'partial');
  const words = partial.map(({ scanner, asOf, lacking }) => `${scanner}@${asOf}: ${lacking.join('; ')}`);
  return {
    check: 'universe_scan',
    status: partial.length === 0 ? 'passed' : 'unknown',
    detail: partial.length === 0 ? `every filter and gate of ${scans.length} scans was evaluated` : words.join(' | '),
  };
}

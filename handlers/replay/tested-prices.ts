import type { SleeveRunOptions } from '../../domain/allocation/sleeve/options.ts';
import { admitSymbols, namedAndLeftOut } from '../../domain/allocation/sleeve/universe.ts';
import type { ResolvedProfile } from '../../domain/manifest/resolved-schema.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { givenAnew, type GivenSupply, nothingGiven, type SupplyFiles } from '../../domain/allocation/sleeve/given-supply.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { rebuildSleeveRun } from './rebuild-sleeve-run.ts';
import { takenOver } from '../runs/supply-files.ts';
import { baseName } from '../runs/base-name.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';

/** Which rows of its prices a sleeve is tested on; null: as the recorded run had them, and all rows and no repair for prices given. */
export interface RowsAsked {
  readonly from: string | null;
  readonly asOf: string | null;
  readonly repair: SleeveRunOptions['repair'] | null;
  /** Volumes and metadata; left out for those of the recorded run, and for none beside prices given. */
  readonly supply?: SupplyFiles | undefined;
}

/** The prices that a sleeve is tested on. */
export interface TestedPrices {
  readonly options: SleeveRunOptions;
  readonly files: readonly PriceFile[];
  readonly leftOut: readonly string[];
  readonly supply?: GivenSupply | undefined;
  /** The recorded run that read them; null where they are given. */
  readonly sourceRunId: string | null;
}

/** Prices that are given, named without their folders. Errors: those of `admitSymbols`. */
export function givenPrices(
  files: readonly PriceFile[],
  resolved: ResolvedProfile,
  { from, asOf, repair, supply }: RowsAsked,
): TestedPrices {
  const options: SleeveRunOptions = { from, asOf, symbols: null, exclude: [], repair: repair ?? 'none', map: {} };
  admitSymbols({ resolved, options, files, leftOut: [], rules: rulesInForce });
  return {
    options,
    files: files.map((file) => ({ ...file, file: baseName(file.file) })),
    leftOut: [],
    supply: supply === undefined ? undefined : givenAnew(nothingGiven, takenOver(supply)),
    sourceRunId: null,
  };
}

/** A recorded run of a sleeve, and how the sleeve is named to whoever asked. */
export interface SourceRun {
  readonly runId: string;
  readonly named: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** The prices that a recorded run read, under today's settings of its sleeve. Errors: PricesMissing for a run without prices. */
export async function pricesOfRun(
  ports: Pick<Ports, 'store' | 'artifacts'>,
  { runId, named, evidence }: SourceRun,
  resolved: ResolvedProfile,
  { from, asOf, repair, supply }: RowsAsked,
): Promise<TestedPrices> {
  const [first] = await runEvents(ports, 'sleeveRun', runId);
  if (first?.type !== 'SleeveRunOpened' || first.data.source !== 'production')
    throw new LedgerError('PricesMissing', `run ${runId} of sleeve ${named} was taken over without prices: give them with --prices`, {
      evidence: { ...evidence, runId },
      at: { path: '--prices' },
    });
  const { files, options: asked, supply: recorded } = await rebuildSleeveRun(ports.artifacts, first.data);
  const options = { ...asked, from: from ?? asked.from, asOf: asOf ?? asked.asOf, repair: repair ?? asked.repair };
  return {
    options,
    files,
    leftOut: namedAndLeftOut(resolved, options),
    supply: supply === undefined ? recorded : givenAnew(recorded ?? nothingGiven, takenOver(supply)),
    sourceRunId: runId,
  };
}

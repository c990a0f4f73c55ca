import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';

/** The closed sets of the origin. `custom` and `cvxportfolio` are in both, so a name can be read in two ways. */
export const simulators = ['custom', 'vectorbt', 'cvxportfolio', 'nautilus'] as const;
export const engines = ['custom', 'skfolio', 'riskfolio', 'pyportfolioopt', 'cvxportfolio', 'adaptive'] as const;
/** Besides the profiles that we compute, two that the origin writes. */
export const originProfiles = [...commonRiskProfiles, 'adaptive', 'raw_pool_ew'] as const;

export type Simulator = (typeof simulators)[number];
export type Engine = (typeof engines)[number];
export type OriginProfile = (typeof originProfiles)[number];

/** What the user says about names that can be read in two ways: `--map engine=NAME,simulator=NAME`. */
export interface NameMapping {
  readonly engine?: Engine;
  readonly simulator?: Simulator;
}

/** Whose returns a file holds; an alias `<profile>` does not say which engine and simulator won. */
export interface ReturnFileName {
  readonly profile: OriginProfile;
  readonly engine: Engine | null;
  readonly simulator: Simulator | null;
  readonly order: 'profile' | 'engine_simulator_profile' | 'simulator_engine_profile';
  readonly format: 'pickle' | 'parquet' | 'csv';
}

const formats: Readonly<Partial<Record<string, ReturnFileName['format']>>> = {
  pkl: 'pickle',
  pickle: 'pickle',
  parquet: 'parquet',
  csv: 'csv',
};

function memberOf<T extends string>(set: readonly T[], name: string): T | null {
  return set.find((member) => member === name) ?? null;
}

type Reading = Pick<ReturnFileName, 'engine' | 'simulator' | 'order'>;

function readingsOf(first: string, second: string): Reading[] {
  const candidates = [
    { engine: memberOf(engines, first), simulator: memberOf(simulators, second), order: 'engine_simulator_profile' },
    { engine: memberOf(engines, second), simulator: memberOf(simulators, first), order: 'simulator_engine_profile' },
  ] as const;
  const readings = candidates.filter(({ engine, simulator }) => engine !== null && simulator !== null);
  // `custom_custom_hrp` reads the same both ways.
  return first === second ? readings.slice(0, 1) : readings;
}

function refuse(name: string, why: string): never {
  throw new LedgerError('RunDirectoryInvalid', `${JSON.stringify(name)}: ${why}`, { at: { file: name } });
}

function chooseReading(name: string, readings: readonly Reading[], mapping: NameMapping): Reading {
  const fitting = readings.filter(
    ({ engine, simulator }) =>
      (mapping.engine === undefined || mapping.engine === engine) && (mapping.simulator === undefined || mapping.simulator === simulator),
  );
  const [only] = readings.length === 1 ? readings : fitting.length === 1 ? fitting : [];
  if (only !== undefined) return only;
  const flags = readings.map(({ engine, simulator }) => `--map engine=${engine},simulator=${simulator}`);
  throw new LedgerError(
    'ReturnsNameAmbiguous',
    `${JSON.stringify(name)} can be read in ${readings.length} ways: give ${flags.join(' or ')}`,
    {
      evidence: { readings: readings.map(({ engine, simulator }) => ({ engine, simulator })), flags },
      at: { file: name },
    },
  );
}

/**
 * Reads a return file's name in each of the three orders found in the documents: `<simulator>_<engine>_<profile>`,
 * `<engine>_<simulator>_<profile>` and `<profile>` (docs/how-to/import-a-run.md). A mapping settles only what the closed sets leave open.
 * `name` has no folder.
 * Errors: ReturnsNameAmbiguous naming the flags that settle it; RunDirectoryInvalid for a name of no order.
 */
export function parseReturnFileName(name: string, options: { readonly map?: NameMapping } = {}): ReturnFileName {
  const dot = name.lastIndexOf('.');
  const format = dot < 0 ? undefined : formats[name.slice(dot + 1)];
  if (format === undefined) return refuse(name, 'returns are read from .pkl, .parquet and .csv');
  const stem = name.slice(0, dot);
  const whole = memberOf(originProfiles, stem);
  if (whole !== null) return { profile: whole, engine: null, simulator: null, order: 'profile', format };
  const [first = '', second = '', ...rest] = stem.split('_');
  const profile = memberOf(originProfiles, rest.join('_'));
  const readings = readingsOf(first, second);
  if (profile === null || readings.length === 0) {
    return refuse(
      name,
      `neither PROFILE, ENGINE_SIMULATOR_PROFILE nor SIMULATOR_ENGINE_PROFILE (engines ${engines.join(' ')}; simulators ` +
        `${simulators.join(' ')})`,
    );
  }
  return { profile, ...chooseReading(name, readings, options.map ?? {}), format };
}

/** Reads the value of `--map`. Errors: Usage. */
export function parseNameMapping(text: string): NameMapping {
  const mapping: { engine?: Engine; simulator?: Simulator } = {};
  for (const part of text.split(',')) {
    const [key, value = ''] = part.split('=');
    const engine = key === 'engine' ? memberOf(engines, value) : null;
    const simulator = key === 'simulator' ? memberOf(simulators, value) : null;
    if (engine !== null) mapping.engine = engine;
    else if (simulator !== null) mapping.simulator = simulator;
    else {
      throw new LedgerError(
        'Usage',
        `--map ${text}: write engine=NAME,simulator=NAME with engines ${engines.join(' ')} and simulators ${simulators.join(' ')}`,
      );
    }
  }
  return mapping;
}

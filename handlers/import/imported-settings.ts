import { currencyDefault } from '../../domain/manifest/defaults.ts';
import { leavesOfSettings, readingOfVersion1 } from '../../domain/manifest/flat-settings.ts';
import { temporalId } from '../../domain/manifest/temporal-id.ts';
import { isObject } from '../../domain/manifest/values.ts';
import { temporalIdPath } from '../../domain/meta/parity-policy.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import { parseJsonDocument, refuseRunFile } from './json-document.ts';

/** What a run directory's resolved manifest says, and nothing that it does not say. */
export interface ImportedSettings {
  /** The profile that ran; null when the file does not name it. */
  readonly profile: string | null;
  readonly currency: string;
  readonly currencyTreatment: 'hedged' | 'converted' | null;
  readonly temporalId: string | null;
  /** By dotted path, as written; with the temporal id when all its parts are written. */
  readonly leaves: Readonly<Record<string, Json>>;
  /** The same as identity version 1 read them: what names the run. */
  readonly leavesOfVersion1: Readonly<Record<string, Json>>;
}

const profileName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;

function wordAt(settings: Readonly<Record<string, unknown>>, key: string, pattern: RegExp, file: string): string | null {
  const value = Object.hasOwn(settings, key) ? settings[key] : null;
  if (value === null) return null;
  return typeof value === 'string' && pattern.test(value) ? value : refuseRunFile(file, `${key} is ${JSON.stringify(value).slice(0, 100)}`, key);
}

/**
 * The temporal id of settings as written; null when one of its parts is not. The January settings call the rebalance mode `feat_rebalance_mode`;
 * the bar is a day, because the streams are daily, unless the settings say something else.
 */
export function temporalIdOf(leaves: Readonly<Record<string, Json>>, sha256: Sha256): string | null {
  const parts = {
    bar_interval: leaves['backtest.bar_interval'] ?? '1d',
    lookback_days: leaves['data.lookback_days'],
    rebalance_mode: leaves['backtest.rebalance_mode'] ?? leaves['features.feat_rebalance_mode'],
    step_size: leaves['backtest.step_size'],
    test_window: leaves['backtest.test_window'],
    train_window: leaves['backtest.train_window'],
  };
  const { bar_interval, lookback_days, rebalance_mode, step_size, test_window, train_window } = parts;
  if (typeof bar_interval !== 'string' || typeof rebalance_mode !== 'string') return null;
  if (typeof lookback_days !== 'number' || typeof step_size !== 'number' || typeof test_window !== 'number' || typeof train_window !== 'number') return null;
  return temporalId(sha256, { bar_interval, lookback_days, rebalance_mode, step_size, test_window, train_window });
}

/** Reads `resolved_manifest.json`, flat or in blocks. Errors: RunDirectoryInvalid, LimitExceeded. */
export function importedSettings(bytes: Uint8Array, file: string, sha256: Sha256): ImportedSettings {
  const settings = parseJsonDocument(bytes, file);
  if (!isObject(settings)) return refuseRunFile(file, 'not an object of settings');
  const written = leavesOfSettings(settings);
  const id = temporalIdOf(written, sha256);
  const withId = (leaves: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> => (id === null ? leaves : { ...leaves, [temporalIdPath]: id });
  return {
    profile: wordAt(settings, 'profile', profileName, file),
    currency: wordAt(settings, 'currency', /^[A-Z]{3,5}$/, file) ?? currencyDefault,
    currencyTreatment: wordAt(settings, 'currency_treatment', /^(?:hedged|converted)$/, file) as ImportedSettings['currencyTreatment'],
    temporalId: id,
    leaves: withId(written),
    leavesOfVersion1: withId(leavesOfSettings(settings, readingOfVersion1)),
  };
}

import { currencyDefault } from '../../../domain/manifest/defaults.ts';
import { leavesOfSettings, flatLayoutOfVersion1 } from '../../../domain/manifest/flat-settings.ts';
import { temporalIdAsWritten } from '../../../domain/manifest/temporal-id.ts';
import { isObject } from '../../../domain/manifest/values.ts';
import { temporalIdPath } from '../../../domain/parity/policy.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import type { Sha256 } from '../../../domain/shared/hashing.ts';
import type { ImportedSettings } from '../../../domain/sleeve-run/imported-run.ts';
import { parseJsonDocument, refuseRunFile } from './json-document.ts';

const profileName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;

function wordAt(settings: Readonly<Record<string, unknown>>, key: string, pattern: RegExp, file: string): string | null {
  const value = Object.hasOwn(settings, key) ? settings[key] : null;
  if (value === null) return null;
  return typeof value === 'string' && pattern.test(value)
    ? value
    : refuseRunFile(file, `${key} is ${JSON.stringify(value).slice(0, 100)}`, key);
}

/** Reads `resolved_manifest.json`, flat or in blocks. Errors: RunDirectoryInvalid, LimitExceeded. */
export function importedSettings(bytes: Uint8Array, file: string, sha256: Sha256): ImportedSettings {
  const settings = parseJsonDocument(bytes, file);
  if (!isObject(settings)) return refuseRunFile(file, 'not an object of settings');
  const written = leavesOfSettings(settings);
  const id = temporalIdAsWritten(written, sha256);
  const withId = (leaves: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> =>
    id === null ? leaves : { ...leaves, [temporalIdPath]: id };
  return {
    profile: wordAt(settings, 'profile', profileName, file),
    currency: wordAt(settings, 'currency', /^[A-Z]{3,5}$/, file) ?? currencyDefault,
    currencyTreatment: wordAt(settings, 'currency_treatment', /^(?:hedged|converted)$/, file) as ImportedSettings['currencyTreatment'],
    temporalId: id,
    leaves: withId(written),
    leavesOfVersion1: withId(leavesOfSettings(settings, flatLayoutOfVersion1)),
  };
}

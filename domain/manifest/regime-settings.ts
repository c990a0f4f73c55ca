import type { RegimeSettings } from '../regime/settings.ts';
import { type CommonRiskProfile, commonRiskProfiles } from '../risk/schemas.ts';
import { LedgerError } from '../shared/errors.ts';
import { suggestedSentence } from '../shared/suggest.ts';
import type { ResolvedBlocks } from './blocks.ts';
import { missing } from './missing-setting.ts';

export const fallbackPath = 'features.adaptive_fallback_profile';

/** The documents' name of equal risk contribution. */
const documentsNames: Readonly<Partial<Record<string, CommonRiskProfile>>> = { erc: 'risk_parity' };
/** `market` has columns of its own, so it stands in for nothing. */
const fallbacks = commonRiskProfiles.filter((risk) => risk !== 'market');

/** The profile that a fallback names; null for a name that can be none. */
export function fallbackProfile(name: string): CommonRiskProfile | null {
  return documentsNames[name] ?? fallbacks.find((risk) => risk === name) ?? null;
}

export function fallbackProblem(name: string): string {
  return suggestedSentence(`${fallbackPath}: ${name} is no profile that the adaptive profile can fall back to`, name, fallbacks);
}

/**
 * What a profile says of regimes: of a sleeve, or of a portfolio. Without `feat_spectral_regimes` the spectral flag is off. Errors:
 * ManifestInvalid for a fallback that is no profile.
 */
export function regimeSettingsOf({ features, risk }: Pick<ResolvedBlocks, 'features' | 'risk'>): RegimeSettings {
  const name = features.adaptive_fallback_profile ?? missing(fallbackPath);
  const fallback = fallbackProfile(name);
  if (fallback === null)
    throw new LedgerError('ManifestInvalid', fallbackProblem(name), { evidence: { fallback: name }, at: { path: fallbackPath } });
  const isSpectral = features.feat_spectral_regimes ?? missing('features.feat_spectral_regimes');
  return {
    spectral: isSpectral ? (features.spectral ?? missing('features.spectral')) : 'off',
    aggressorTable: risk.aggressor_table ?? missing('risk.aggressor_table'),
    adaptive: { mapping: features.adaptive_mapping ?? missing('features.adaptive_mapping'), fallback },
  };
}

import { describe, expect, test } from '@jest/globals';
import {
  hasMetaProfile,
  profilesComputedUnder,
  requireMatrixRiskProfile,
  requireMetaProfile,
  requireRiskProfile,
} from '../../../domain/manifest/risk-profiles.ts';
import { commonRiskProfiles, furtherRiskProfiles, riskProfiles } from '../../../domain/risk/schemas.ts';
import { refusalOf } from '../../support/refusal.ts';

describe('a risk profile by its name', () => {
  test('is itself, or refused with the reason and its name', () => {
    expect([requireRiskProfile('hrp'), requireMetaProfile('hrp'), requireMatrixRiskProfile('hrp')]).toEqual(['hrp', 'hrp', 'hrp']);
    expect([hasMetaProfile('hrp'), hasMetaProfile('market_neutral'), hasMetaProfile('erc')]).toEqual([true, false, false]);
    expect(refusalOf(() => requireRiskProfile('erc'))).toMatchObject({
      code: 'ProfileNotAvailable',
      message: `the risk profile erc is not computed; there are ${riskProfiles.join(', ')}`,
      at: { path: 'erc' },
    });
    expect(refusalOf(() => requireRiskProfile('hpr'))).toMatchObject({
      code: 'Usage',
      message: expect.stringMatching(/^there is no risk profile hpr.*hrp/),
      at: { path: 'hpr' },
    });
    expect(refusalOf(() => requireMetaProfile('market_neutral'))).toMatchObject({
      code: 'ProfileNotAvailable',
      message: 'market_neutral is a profile of sleeves: no portfolio is allocated by it',
      at: { path: 'market_neutral' },
    });
    expect(refusalOf(() => requireMatrixRiskProfile('adaptive'))).toMatchObject({
      code: 'ProfileNotAvailable',
      message: 'adaptive is a choice among the profiles that compete, and no entrant of its own',
      at: { path: 'adaptive' },
    });
  });

  test('is computed as the rules and the selection have it', () => {
    expect(profilesComputedUnder('none', 1)).toEqual(commonRiskProfiles);
    expect(profilesComputedUnder('v4', 1)).toEqual(commonRiskProfiles);
    expect(profilesComputedUnder('none', 2)).toEqual([...commonRiskProfiles, ...furtherRiskProfiles]);
    expect(profilesComputedUnder('v4', 2)).toEqual(riskProfiles);
  });
});

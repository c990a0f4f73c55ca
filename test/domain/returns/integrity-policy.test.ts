import { expect, test } from '@jest/globals';
import { integrityKinds, integrityKindsV1, integrityPolicy, integrityPolicyV1 } from '../../../domain/returns/integrity-policy.ts';
import golden from '../../golden/returns/integrity-policy.json' with { type: 'json' };

test('thresholds and codes of the audit of prices are those that recorded verdicts carry, in their order', () => {
  const policies = { integrityPolicyV1, integrityPolicy, integrityKindsV1, integrityKinds };
  expect(policies).toEqual(golden);
  expect(Object.keys(integrityKinds)).toEqual(Object.keys(golden.integrityKinds));
});

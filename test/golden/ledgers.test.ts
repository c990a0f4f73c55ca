/** Ledgers of earlier releases, opened with this code: what they prove and answer, that nothing is recorded twice, and that they go on. */
import { describe, expect, test } from '@jest/globals';
import { answersContract } from './support/answers.contract.ts';
import { evidenceContract } from './support/evidence.contract.ts';
import { goingOnContract } from './support/going-on.contract.ts';
import { proofsContract } from './support/proofs.contract.ts';
import { releases } from './support/recorded-ledger.ts';
import { redeliveryContract } from './support/redelivery.contract.ts';

test('there are ledgers to open', () => {
  expect(releases).toContain('0.1.0');
});

describe.each(releases)('the ledger that release %s recorded', (release) => {
  proofsContract(release);
  answersContract(release);
  redeliveryContract(release);
  goingOnContract(release);
  evidenceContract(release);
});

import type { BacktestInput, ScopedSleeve } from '../backtest/backtest.ts';
import { priceInputOf } from '../documents/price-input.ts';
import { supplyInputsOf } from '../documents/supply-inputs.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { metaIdentity, optionsIdentity } from '../manifest/identity.ts';
import { type ComputedInput, inputsIdentity } from '../run/supply-input.ts';
import { backtestRunId } from '../run/run-names.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';

/** A sleeve cut to its scope, with its inputs as the ledger keeps them. */
export interface IdentifiedSleeve {
  readonly scoped: ScopedSleeve;
  readonly inputs: readonly ComputedInput[];
}

/** A backtest that is named and not computed. */
export interface IdentifiedBacktest {
  readonly runId: string;
  readonly asOf: string;
  readonly sleeves: readonly IdentifiedSleeve[];
  /** The artifacts that its name rests on; those of its facts join them. */
  readonly staged: StagedArtifacts;
}

/** Names a backtest by its definition and the prices that it reads, before anything is computed. The rules are not part of it. */
export function identifyBacktest(input: BacktestInput, scoped: readonly ScopedSleeve[], sha256: Sha256): IdentifiedBacktest {
  const { node, options } = input;
  const staged = new StagedArtifacts(sha256);
  const sleeves = scoped.map((sleeve) => ({
    scoped: sleeve,
    inputs: [...sleeve.scope.files.map((file) => priceInputOf(file, staged)), ...supplyInputsOf(sleeve.scope.supply, staged)],
  }));
  const asOf = scoped.map(({ scope }) => scope.asOf).reduce((newest, date) => (date > newest ? date : newest));
  const definitionHash = hashOfJson(sha256, { definition: metaIdentity(node), options: optionsIdentity(options, 'meta_run') });
  const runId = backtestRunId(sha256, {
    meta: node.requested,
    asOf,
    definitionHash,
    sleeves: sleeves.map(({ scoped: { path, options: asked }, inputs }) => ({
      path,
      options: optionsIdentity(asked, 'sleeve_run'),
      inputs: inputsIdentity(inputs),
    })),
  });
  return { runId, asOf, sleeves, staged };
}

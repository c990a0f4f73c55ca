import type { SleeveRunOptions } from '../allocation/sleeve/options.ts';
import { scopeOf, type SleeveScope } from '../allocation/sleeve/scope.ts';
import { priceInputOf } from '../documents/price-input.ts';
import { supplyInputsOf } from '../documents/supply-inputs.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { optionsIdentity, profileIdentity } from '../manifest/identity.ts';
import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import type { PriceFile } from '../returns/price-file.ts';
import { importedEntrant, type ImportedStream } from './imported.ts';
import type { GivenSupply } from '../allocation/sleeve/given-supply.ts';
import { type ComputedInput, inputsIdentity } from '../run/supply-input.ts';
import { tournamentRunId } from '../run/run-names.ts';
import type { Sha256 } from '../shared/hashing.ts';
import { entrantsOf, type TournamentAxes } from '../tournament/entrant.ts';

/** Everything from which a tournament is computed. */
export interface TournamentInput {
  /** As requested, possibly an alias. */
  readonly sleeve: string;
  readonly resolved: ResolvedProfile;
  readonly axes: TournamentAxes;
  readonly options: SleeveRunOptions;
  /** Named without their folders. */
  readonly files: readonly PriceFile[];
  /** Symbols that were named and left out, where the files hold their columns no more. */
  readonly leftOut: readonly string[];
  /** What is given beside prices; left out where nothing is. */
  readonly supply?: GivenSupply | undefined;
  /** The recorded run whose prices these are; null where they were read from files. */
  readonly sourceRunId: string | null;
  /** Streams of imported runs that compete beside the sleeve's own entrants. */
  readonly imported: readonly ImportedStream[];
  /** Version of the rules to compute under. */
  readonly rules: number;
}

/** A tournament that is named and not computed. */
export interface IdentifiedTournament {
  readonly runId: string;
  readonly asOf: string;
  readonly scope: SleeveScope;
  readonly inputs: readonly ComputedInput[];
  /** The artifacts that its name rests on; those of its facts join them. */
  readonly staged: StagedArtifacts;
}

/**
 * Names a tournament by its definition, its entrants and the prices that it reads, before anything is computed. The rules are not part of
 * it. Errors: PricesMissing, SymbolTwice, ExchangeUnknown, HistoryTooShort.
 */
export function identifyTournament(input: TournamentInput, sha256: Sha256): IdentifiedTournament {
  const { sleeve, resolved, axes, options, imported } = input;
  const scope = scopeOf(input);
  const staged = new StagedArtifacts(sha256);
  const inputs = [...scope.files.map((file) => priceInputOf(file, staged)), ...supplyInputsOf(scope.supply, staged)];
  const runId = tournamentRunId(sha256, {
    sleeve,
    asOf: scope.asOf,
    definition: profileIdentity(resolved),
    options: optionsIdentity(options, 'sleeve_run'),
    entrants: [...entrantsOf(axes).map(({ id }) => id), ...imported.map((one) => `${importedEntrant(one).id} ${one.returns.sha256}`)],
    inputs: inputsIdentity(inputs),
  });
  return { runId, asOf: scope.asOf, scope, inputs, staged };
}

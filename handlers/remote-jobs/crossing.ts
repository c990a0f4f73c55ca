import { z } from 'zod';
import type { JobInput, JobList, JobName } from '../../domain/jobs/job.ts';
import type { Jobs } from '../../domain/jobs/jobs.ts';
import { inputOf, partsOf, type Recipe, recipeOf } from '../../domain/jobs/recipe.ts';
import { tableAsMatrix } from '../../domain/returns/dated-tables.ts';
import { parseTableText } from '../../domain/returns/table-text.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import { AddressedTables } from '../runtime/addressed-tables.ts';

/** Everything that an answer depends on, with the bytes that the recipe names by their address. */
export interface PackedJob {
  readonly recipe: Recipe;
  readonly data: Uint8Array;
}

/** Which jobs are done on other machines, and how their inputs get there. */
export interface JobCrossing<List extends JobList = Jobs> {
  crosses(name: string): name is JobName<List>;
  pack<Name extends JobName<List>>(name: Name, input: JobInput<List, Name>, engine: string): PackedJob;
  /** The input again. Errors: ArtifactDamaged. */
  unpack(packed: PackedJob): JobInput<List, JobName<List>>;
}

const remoteJob = 'backtest-sleeve';

/** The walk-forwards of a backtest: returns as the text that the ledger keeps them in, settings as JSON. */
export function backtestCrossing(sha256: Sha256): JobCrossing {
  const tables = new AddressedTables(sha256);
  return {
    crosses: (name): name is typeof remoteJob => name === remoteJob,
    pack: (_name, input, engine) => {
      const parts = partsOf(remoteJob, input as JobInput<Jobs, typeof remoteJob>);
      const addressed = tables.ofParts(parts);
      return { recipe: recipeOf(remoteJob, engine, addressed, parts), data: addressed.texts.get(addressed.data)! };
    },
    unpack: ({ recipe: { settings }, data }) =>
      inputOf(remoteJob, { matrix: tableAsMatrix(parseTableText(new TextDecoder().decode(data))), tables: {}, settings }),
  };
}

const addressSchema = z.string().regex(/^[0-9a-f]{64}$/);
const recipeSchema = z.strictObject({
  job: z.string(),
  engine: z.string(),
  data: addressSchema,
  tables: z.record(z.string(), addressSchema),
  window: z.strictObject({ rows: z.int().nonnegative(), first: z.string().nullable(), last: z.string().nullable() }),
  settings: z.record(z.string(), z.json()),
});

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Among the artifacts are files of any kind.
    return null;
  }
}

/** Reads the document that a key is the address of. Errors: ArtifactDamaged when it is no recipe. */
export function parseRecipe(bytes: Uint8Array): Recipe {
  const parsed = recipeSchema.safeParse(jsonOf(bytes));
  if (!parsed.success) throw new LedgerError('ArtifactDamaged', `no recipe of a computation: ${parsed.error.issues[0]!.message}`);
  return parsed.data;
}

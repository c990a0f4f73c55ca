import { rulesInForce } from '../../domain/run/rules.ts';
import { type ComputedImport, computeImportedRun } from '../compute/imported-run.ts';
import type { NameMapping } from '../import/return-file-names.ts';
import { readRunFiles } from '../import/run-files.ts';
import type { Ports, RunDirectory } from '../ports.ts';

export interface ImportSleeveRun {
  /** The run directory. */
  readonly run: string;
  /** Under which name the run is filed; null takes the profile that its manifest names. */
  readonly profile: string | null;
  readonly map: NameMapping;
  readonly correction: number;
}

type ImportTools = Pick<Ports, 'runDirectories' | 'returnsParsers' | 'crypto'>;

/** The same for a directory that is open already. */
export async function importOpenedRun(tools: Omit<ImportTools, 'runDirectories'>, directory: RunDirectory, { profile, map, correction }: Omit<ImportSleeveRun, 'run'>): Promise<ComputedImport> {
  const { files, leftAside } = await readRunFiles(directory, map);
  return computeImportedRun({ sleeve: profile, map, correction, rules: rulesInForce, root: directory.root, files, leftAside }, tools.returnsParsers, tools.crypto.sha256);
}

/** Reads a run directory and computes what it is worth, without recording anything. Errors: FileMissing, PathOutsideRoot and those of `computeImportedRun`. */
export async function importSleeveRun(tools: ImportTools, { run, ...command }: ImportSleeveRun): Promise<ComputedImport> {
  return importOpenedRun(tools, await tools.runDirectories.open(run), command);
}

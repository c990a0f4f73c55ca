import { readFileSync } from 'node:fs';
import type { Logger } from '@stryker-mutator/api/logging';
import { commonTokens } from '@stryker-mutator/api/plugin';
import { createInstrumenter, type Instrumenter } from '@stryker-mutator/instrumenter';
import { createInjector } from 'typed-inject';
import { filesBelow } from '../../test/support/files-below.ts';
import { seeded } from '../../test/support/figures.ts';

/** The two halves of the sources, each with the share of its mutants that tests must notice. */
export const halves = {
  domain: { folders: ['domain', 'projections'], leastKilled: 0.92 },
  handlers: { folders: ['handlers', 'infra'], leastKilled: 0.85 },
} as const;
export type Half = keyof typeof halves;

/** One change of the source, as Stryker names it. Lines and columns are Stryker's: lines from 0, columns from 0. */
export interface Mutant {
  readonly file: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

interface Numbered extends Mutant {
  /** Which switches it on. */
  readonly id: string;
}

/** The same mutant in a sample, a process and a report; `line` from 0. */
export function keyOf({ file, mutatorName, replacement, start, end }: Mutant): string {
  return JSON.stringify([file, start.line, start.column, end.line, end.column, mutatorName, replacement]);
}

/** Generated code, sources of another language, and what ports declare: there is nothing of ours to test in them. */
const isLeftOut = (file: string): boolean => /kernels\/(?:assembly\/|kernel-code)|\.d\.ts$|\.generated\./.test(file);

const silent = new Proxy({}, { get: (_, name) => (String(name).startsWith('is') ? () => false : () => undefined) }) as Logger;

type Given = Parameters<Instrumenter['instrument']>[0];

/** Sources in which every mutant is there, switched on by its number, and the mutants. */
export async function instrumented(
  files: Given,
): Promise<{ readonly files: readonly { readonly name: string; readonly content: string }[]; readonly mutants: readonly Numbered[] }> {
  const injector = createInjector().provideValue(commonTokens.logger, silent);
  const instrumenter = injector.injectFunction(createInstrumenter);
  const { files: changed, mutants } = await instrumenter.instrument(files, { plugins: null, excludedMutations: [], ignorers: [] });
  return {
    files: changed,
    mutants: mutants
      .filter(({ status }) => status !== 'Ignored')
      .map(({ id, fileName, mutatorName, replacement, location: { start, end } }) => ({
        id,
        file: fileName,
        mutatorName,
        replacement,
        start,
        end,
      })),
  };
}

/** Every mutant of some files, in an order that does not depend on the machine. */
export async function mutantsOf(files: readonly string[]): Promise<Mutant[]> {
  const { mutants } = await instrumented(files.map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') })));
  return mutants
    .map(({ file, mutatorName, replacement, start, end }) => ({ file, mutatorName, replacement, start, end }))
    .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** `count` mutants of some folders, each as likely as any other; the same again with the same seed and sources. */
export async function drawMutants(
  folders: readonly string[],
  count: number,
  seed: number,
): Promise<{ readonly drawn: Mutant[]; readonly of: number }> {
  const files = filesBelow(folders, '.ts').filter((file) => !isLeftOut(file));
  const all = await mutantsOf(files);
  const random = seeded(seed);
  for (let at = 0; at < Math.min(count, all.length); at++) {
    const other = at + Math.floor(random() * (all.length - at));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return { drawn: all.slice(0, count), of: all.length };
}

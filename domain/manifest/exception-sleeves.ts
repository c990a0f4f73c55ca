import { limits } from '../shared/limits.ts';
import { suggestedSentence } from '../shared/suggest.ts';
import { type ManifestProblem, problem } from './problems.ts';
import type { MetaNode } from './resolved-meta-schema.ts';
import { isMetaProfile, type Manifest, type MetaProfile } from './schema.ts';
import { Problems } from './size.ts';
import { PathCounts } from './sleeve-paths.ts';

function problemsOf(meta: Pick<MetaProfile, 'parity'>, known: readonly string[], at: string): readonly ManifestProblem[] {
  const problems = new Problems();
  const names = new Set(known);
  for (const [index, exception] of (meta.parity?.exceptions ?? []).entries()) {
    if (problems.isFull) break;
    if (!('sleeve' in exception) || names.has(exception.sleeve)) continue;
    const here = `${at}parity.exceptions[${index}].sleeve`;
    problems.add(problem(here, suggestedSentence(`${here}: the portfolio has no sleeve ${exception.sleeve}`, exception.sleeve, known)));
  }
  return problems.list;
}

/** An exception for a sleeve that a portfolio does not have would never apply: it is a mistyped name. */
export function exceptionProblems(manifest: Manifest): ManifestProblem[] {
  const counts = new PathCounts(manifest);
  return Object.entries(manifest.profiles).flatMap(([name, entry]) =>
    isMetaProfile(entry) && entry.parity?.exceptions !== undefined && counts.of(entry) <= limits.portfolioPathsMax
      ? problemsOf(entry, counts.pathsOf(entry), `profiles.${name}.`)
      : [],
  );
}

function pathsOf(node: MetaNode): string[] {
  return node.sleeves.flatMap((sleeve) =>
    sleeve.kind === 'nested' ? pathsOf(sleeve.meta).map((path) => `${sleeve.id}/${path}`) : [sleeve.id],
  );
}

/** The same for exceptions that are set over a recorded portfolio. */
export function overriddenExceptionProblems(node: MetaNode, parity: MetaProfile['parity']): readonly ManifestProblem[] {
  return problemsOf(parity === undefined ? {} : { parity }, pathsOf(node), '');
}

import { limits } from '../shared/limits.ts';
import { suggestedSentence } from '../shared/suggest.ts';
import { type ManifestProblem, problem } from './problems.ts';
import type { MetaNode } from './resolved-meta-schema.ts';
import { isMetaProfile, type Manifest, type MetaProfile } from './schema.ts';

/** The profile object behind a name and its aliases; null where they lead nowhere, which is reported elsewhere. */
function metaBehind(manifest: Manifest, name: string): MetaProfile | null {
  let entry = manifest.profiles[name];
  for (let step = 0; typeof entry === 'string' && step < Object.keys(manifest.profiles).length; step++) entry = manifest.profiles[entry];
  return entry === undefined || typeof entry === 'string' || !isMetaProfile(entry) ? null : entry;
}

/** Paths of the sleeves that hold assets, such as `crypto_branch/long`. */
function sleevePaths(manifest: Manifest, { sleeves }: MetaProfile, depth = 0): string[] {
  return sleeves.flatMap((sleeve) => {
    if (!('meta_profile' in sleeve)) return [sleeve.id];
    const below = depth < limits.portfolioDepthMax ? metaBehind(manifest, sleeve.meta_profile) : null;
    return below === null ? [] : sleevePaths(manifest, below, depth + 1).map((path) => `${sleeve.id}/${path}`);
  });
}

function problemsOf(meta: Pick<MetaProfile, 'parity'>, known: readonly string[], at: string): ManifestProblem[] {
  return (meta.parity?.exceptions ?? []).flatMap((exception, index) => {
    if (!('sleeve' in exception) || known.includes(exception.sleeve)) return [];
    const here = `${at}parity.exceptions[${index}].sleeve`;
    return [problem(here, suggestedSentence(`${here}: the portfolio has no sleeve ${exception.sleeve}`, exception.sleeve, known))];
  });
}

/** An exception for a sleeve that a portfolio does not have would never apply: it is a mistyped name. */
export function exceptionProblems(manifest: Manifest): ManifestProblem[] {
  return Object.entries(manifest.profiles).flatMap(([name, entry]) =>
    typeof entry !== 'string' && isMetaProfile(entry) ? problemsOf(entry, sleevePaths(manifest, entry), `profiles.${name}.`) : [],
  );
}

function pathsOf(node: MetaNode): string[] {
  return node.sleeves.flatMap((sleeve) =>
    sleeve.kind === 'nested' ? pathsOf(sleeve.meta).map((path) => `${sleeve.id}/${path}`) : [sleeve.id],
  );
}

/** The same for exceptions that are set over a recorded portfolio. */
export function overriddenExceptionProblems(node: MetaNode, parity: MetaProfile['parity']): ManifestProblem[] {
  return problemsOf(parity === undefined ? {} : { parity }, pathsOf(node), '');
}

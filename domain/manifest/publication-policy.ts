import { metaProfileOf } from './aliases.ts';
import { type PublicationPolicy, publicationDefaults, publicationPolicySchema } from './publication-block.ts';
import { type ManifestProblem, problem } from './problems.ts';
import { atomicSleeves, type ResolvedOnce } from './resolve-meta.ts';
import type { Manifest } from './schema.ts';

/** The publication policy of a meta portfolio: what its profile writes over the defaults. Portfolios below it keep their own. */
export function publicationPolicyOf(manifest: Manifest, requested: string): PublicationPolicy {
  return publicationPolicySchema.parse({ ...publicationDefaults, ...metaProfileOf(manifest, requested).profile.publication });
}

/** A quorum of more sleeves than there are would wait forever. */
export function quorumProblems(resolved: ResolvedOnce, name: string): ManifestProblem[] {
  const { quorum } = publicationPolicyOf(resolved.manifest, name);
  if (typeof quorum === 'string') return [];
  const counted = atomicSleeves(resolved.meta(name, [])).filter(({ sleeve }) => sleeve.runId === null).length;
  const path = `profiles.${name}.publication.quorum.at_least`;
  return quorum.at_least > counted
    ? [problem(path, `${path} is ${quorum.at_least}, but only ${counted} sleeves are not pinned to a run.`)]
    : [];
}

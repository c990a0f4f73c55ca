/** Runs one suite over some mutants at once; whether it noticed. */
export type Notices<Mutant> = (mutants: readonly Mutant[]) => Promise<boolean>;

/**
 * The mutants that a suite notices one by one, found with few runs: over all at once, then over halves of those that are noticed. Where the
 * halves pass and the whole does not, only the two together are noticed, which says nothing of either.
 */
export async function noticedAmong<Mutant>(mutants: readonly Mutant[], notices: Notices<Mutant>): Promise<Mutant[]> {
  if (mutants.length === 0 || !(await notices(mutants))) return [];
  if (mutants.length === 1) return [...mutants];
  const half = Math.ceil(mutants.length / 2);
  return [...(await noticedAmong(mutants.slice(0, half), notices)), ...(await noticedAmong(mutants.slice(half), notices))];
}

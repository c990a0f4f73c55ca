import { knownPortfolios, knownRuns, knownSleeves, revocableTokens } from '../../handlers/queries/known-names.ts';
import type { VerbContext } from './verb.ts';
import type { AskedKind } from './asked-kinds.ts';

async function profilesIn(context: VerbContext): Promise<readonly string[]> {
  if (!(await context.tools.files.exists(context.settings.manifest))) return [];
  const [{ listProfiles }, { readManifest }] = [await import('../../domain/manifest/profiles.ts'), await import('./manifest-input.ts')];
  return listProfiles(await readManifest(context)).map(({ name }) => name);
}

/** Names that complete a value. Errors: those of the manifest and of opening a ledger. */
export async function namesOf(context: VerbContext, kind: AskedKind): Promise<readonly string[]> {
  if (kind === 'profiles') return profilesIn(context);
  const { ports } = await context.reading();
  if (kind === 'runs') return knownRuns(ports);
  if (kind === 'tokens') return revocableTokens(ports);
  return kind === 'portfolios' ? knownPortfolios(ports) : knownSleeves(ports);
}

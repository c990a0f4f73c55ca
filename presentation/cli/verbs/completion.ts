import { LedgerError } from '../../../domain/shared/errors.ts';
import { knownPortfolios, knownRuns, knownSleeves } from '../../../handlers/queries/known-names.ts';
import { type AskedKind, askedKinds } from '../completion/asked-kinds.ts';
import { shells } from '../completion/shells.ts';
import { choiceFlag, textFlag } from '../flags.ts';
import { type Verb, type VerbCode, type VerbContext, verbatim } from '../verb.ts';

async function profilesIn(context: VerbContext): Promise<readonly string[]> {
  if (!(await context.tools.files.exists(context.settings.manifest))) return [];
  const [{ listProfiles }, { readManifest }] = [await import('../../../domain/manifest/profiles.ts'), await import('../manifest-input.ts')];
  return listProfiles(await readManifest(context)).map(({ name }) => name);
}

async function namesOf(context: VerbContext, kind: AskedKind): Promise<readonly string[]> {
  if (kind === 'profiles') return profilesIn(context);
  const { ports } = await context.reading();
  if (kind === 'runs') return knownRuns(ports);
  return kind === 'portfolios' ? knownPortfolios(ports) : knownSleeves(ports);
}

/** The verb that completes all verbs, itself included. */
export function completionOf(verbs: () => Promise<readonly Verb[]>): VerbCode {
  return {
    flags: [{ flags: '--values <kind>', summary: `names that complete a value, one a line: ${askedKinds.join(', ')}` }],
    examples: [
      'source <(sleeve-ledger completion bash)',
      'source <(sleeve-ledger completion zsh)',
      'sleeve-ledger completion fish | source',
    ],
    writes: false,
    run: async (context, { args, flags }) => {
      const [shell] = args;
      if ((shell === undefined) === (textFlag(flags, 'values') === null))
        throw new LedgerError('Usage', `name a shell: ${shells.join(', ')}`, { at: { path: '[shell]' } });
      if (shell === undefined) {
        const names = await namesOf(context, choiceFlag(flags, 'values', askedKinds, 'runs'));
        return { result: { names }, people: names.length === 0 ? [] : [verbatim(names.join('\n'))] };
      }
      // A name is completed at each press of a key, and needs nothing of the scripts.
      const { completionScript } = await import('../completion-scripts.ts');
      const script = completionScript(choiceFlag({ shell }, 'shell', shells, 'bash'), await verbs());
      return { result: { shell, script }, people: [verbatim(script)] };
    },
  };
}

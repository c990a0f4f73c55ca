import { LedgerError } from '../../../domain/shared/errors.ts';
import { askedKinds } from '../asked-kinds.ts';
import { builtScript, type Shell, shells } from '../shells.ts';
import { choiceFlag, textFlag } from '../flags.ts';
import { type Verb, type VerbCode, verbatim } from '../verb.ts';

async function scriptOf(shell: Shell, verbs: () => Promise<readonly Verb[]>): Promise<string> {
  // A name is completed at each press of a key, and needs nothing of the scripts.
  const { completionScript } = await import('../completion-scripts.ts');
  return completionScript(shell, await verbs());
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
        // What reads a ledger is loaded for names only.
        const { namesOf } = await import('../completion-names.ts');
        const names = await namesOf(context, choiceFlag(flags, 'values', askedKinds, 'runs'));
        return { result: { names }, people: names.length === 0 ? [] : [verbatim(names.join('\n'))] };
      }
      const named = choiceFlag({ shell }, 'shell', shells, 'bash');
      // A shell asks for it whenever it starts, and it is made of the flags of every verb: the build has made it already.
      const built = await context.tools.packageFiles.built(builtScript(named));
      const script = built === null ? await scriptOf(named, verbs) : new TextDecoder().decode(built);
      return { result: { shell, script }, people: [verbatim(script)] };
    },
  };
}

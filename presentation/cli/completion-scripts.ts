import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { completionModel, type CompletionModel } from './completion/model.ts';
import type { Shell } from './shells.ts';
import { zshScript } from './completion/zsh.ts';
import type { Verb } from './verb.ts';

const scripts: Readonly<Record<Shell, (model: CompletionModel) => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The script that completes the verbs in a shell. */
export function completionScript(shell: Shell, verbs: readonly Verb[]): string {
  return scripts[shell](completionModel(verbs));
}

import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { type AskedKind, askedKinds, completionModel, type CompletionModel } from './completion/model.ts';
import { zshScript } from './completion/zsh.ts';
import type { Verb } from './verb.ts';

export { type AskedKind, askedKinds };

const scripts: Readonly<Record<string, (model: CompletionModel) => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };
export const shells = Object.keys(scripts);

/** The script that completes the verbs in one of the `shells`. */
export function completionScript(shell: string, verbs: readonly Verb[]): string {
  return scripts[shell]!(completionModel(verbs));
}

import type { CompletedFlag, CompletionModel, Place, Values } from './model.ts';

function reply(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `COMPREPLY=($(compgen -W '${values.words.join(' ')}' -- "$current"))`;
    case 'asked':
      return `COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" completion --values ${values.what} 2>/dev/null)" -- "$current"))`;
    case 'files':
      return 'compopt -o default';
    case 'none':
      return ':';
  }
}

const valued = (flags: readonly CompletedFlag[]): readonly CompletedFlag[] => flags.filter(({ values }) => values !== null);

function placeCase({ path, words, flags, argument }: Place): string {
  if (words.length > 0) return `    '${path}|'*) ${reply({ kind: 'words', words: words.map(({ word }) => word) })} ;;`;
  const own = `compgen -W '${flags.map(({ name }) => name).join(' ')} '"$common" -- "$current"`;
  return [
    ...valued(flags).map(({ name, values }) => `    '${path}|${name}') ${reply(values!)} ;;`),
    `    '${path}|'*) if [[ $current == -* ]]; then COMPREPLY=($(${own})); else ${reply(argument)}; fi ;;`,
  ].join('\n');
}

/** The script that `source <(sleeve-ledger completion bash)` reads. */
export function bashScript({ places, commonFlags }: CompletionModel): string {
  const paths = places.map(({ path }) => `'${path}'`).join('|');
  return `# Completion of sleeve-ledger for bash: source <(sleeve-ledger completion bash)
_sleeve_ledger() {
    local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path='' longer word
    local common='${commonFlags.map(({ name }) => name).join(' ')}'
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == help && -z $path ]] && continue
        longer="\${path:+$path }$word"
        case $longer in
        ${paths}) path=$longer ;;
        *) break ;;
        esac
    done
    case $previous in
${valued(commonFlags)
  .map(({ name, values }) => `    ${name}) ${reply(values!)}; return ;;`)
  .join('\n')}
    esac
    case "$path|$previous" in
${places.map(placeCase).join('\n')}
    esac
}
complete -F _sleeve_ledger sleeve-ledger
`;
}

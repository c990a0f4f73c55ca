import type { CompletedFlag, CompletionModel, Place, Values } from './model.ts';

/** Text between single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const described = (name: string, summary: string): string => quoted(`${name.replaceAll(':', '\\:')}:${summary}`);

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return values.words.length === 0 ? ':' : `compadd -- ${values.words.map(quoted).join(' ')}`;
    case 'asked':
      return `compadd -- \${(f)"$("$words[1]" completion --values ${values.what} 2>/dev/null)"}`;
    case 'files':
      return '_files';
    case 'none':
      return ':';
  }
}

const valued = (flags: readonly CompletedFlag[]): readonly CompletedFlag[] => flags.filter(({ values }) => values !== null);

function placeCase({ path, words, flags, argument }: Place): string {
  if (words.length > 0) {
    const offered = words.map(({ word, summary }) => described(word, summary)).join(' ');
    return `    ('${path}|'*) offered=(${offered}); _describe verb offered ;;`;
  }
  const own = flags.map(({ name, summary }) => described(name, summary)).join(' ');
  return [
    ...valued(flags).map(({ name, values }) => `    ('${path}|${name}') ${offer(values!)} ;;`),
    `    ('${path}|'*) if [[ $current == -* ]]; then offered=(${own} $common); _describe -o flag offered; else ${offer(argument)}; fi ;;`,
  ].join('\n');
}

/** The script that `source <(sleeve-ledger completion zsh)` reads. */
export function zshScript({ places, commonFlags }: CompletionModel): string {
  const paths = places
    .filter(({ path }) => path !== '')
    .map(({ path }) => `'${path}'`)
    .join('|');
  return `#compdef sleeve-ledger
# Completion of sleeve-ledger for zsh, behind compinit: source <(sleeve-ledger completion zsh)
_sleeve_ledger() {
  local current=$words[CURRENT] previous=$words[CURRENT-1] at='' longer word
  local -a offered common
  common=(${commonFlags.map(({ name, summary }) => described(name, summary)).join(' ')})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == help && -z $at ]] && continue
    longer="\${at:+$at }$word"
    case $longer in
      (${paths}) at=$longer ;;
      (*) break ;;
    esac
  done
  case $previous in
${valued(commonFlags)
  .map(({ name, values }) => `    (${name}) ${offer(values!)}; return ;;`)
  .join('\n')}
  esac
  case "$at|$previous" in
${places.map(placeCase).join('\n')}
  esac
}
compdef _sleeve_ledger sleeve-ledger
`;
}

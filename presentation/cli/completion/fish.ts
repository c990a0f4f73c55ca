import type { CompletedFlag, CompletionModel, Place, Values } from './model.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function candidates(values: Values): string {
  switch (values.kind) {
    case 'words':
      return ` -x -a ${quoted(values.words.join(' '))}`;
    case 'asked':
      return ` -x -a '(sleeve-ledger completion --values ${values.what} 2>/dev/null)'`;
    case 'files':
      return ' -r -F';
    case 'none':
      return ' -x';
  }
}

function flagLine(here: string, { name, summary, values }: CompletedFlag): string {
  return `${here} -l ${name.slice(2)}${values === null ? '' : candidates(values)} -d ${quoted(summary)}`;
}

function placeLines({ path, words, flags, argument }: Place): string[] {
  const here = `complete -c sleeve-ledger -n ${quoted(`test "$(__sleeve_ledger_at)" = "${path}"`)}`;
  return [
    ...words.map(({ word, summary }) => `${here} -a ${word} -d ${quoted(summary)}`),
    ...flags.map((flag) => flagLine(here, flag)),
    ...(argument.kind === 'none' || words.length > 0 ? [] : [`${here}${candidates(argument).replace(/ -[xr](?= )/, '')}`]),
  ];
}

/** The script that `sleeve-ledger completion fish | source` reads. */
export function fishScript({ places, commonFlags }: CompletionModel): string {
  const paths = places
    .filter(({ path }) => path !== '')
    .map(({ path }) => `'${path}'`)
    .join(' ');
  const inVerb = `complete -c sleeve-ledger -n 'test -n "$(__sleeve_ledger_at)"'`;
  return `# Completion of sleeve-ledger for fish: sleeve-ledger completion fish | source
function __sleeve_ledger_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        test "$word" = help -a -z "$at"; and continue
        set -l longer (string trim "$at $word")
        if contains -- "$longer" ${paths}
            set at $longer
        else
            break
        end
    end
    echo $at
end
complete -c sleeve-ledger -f
${commonFlags.map((flag) => flagLine(inVerb, flag)).join('\n')}
${places.flatMap(placeLines).join('\n')}
`;
}

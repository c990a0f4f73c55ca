import { secondsBetweenCommands } from './recorder.ts';
import type { Recording } from '../support/ledger-folder.ts';

/** What the folder says of itself. */
export function readmeOf({ code, events, eventsByType, stages, endedAt }: Recording, firstDate: string): string {
  return `# A ledger of release ${code.version}

Recorded by release ${code.version} at commit ${code.commit}, with \`npx tsx test/golden/record-ledger/record.ts DIR\`. **It is never \
edited and never recorded again**:
later releases open it as it is (\`test/golden/ledgers.test.ts\`) and record one of their own beside it.

Everything is simulated, with seeds. The signing keys are derived from public words: they sign nothing but this.

Files of more than 40 kB are packed with gzip (\`.gz\`); \`unpack\` in \`test/golden/support/packing.ts\` gives a copy with every file \
under its own name, and so does \`gunzip\`.
Recorded twice by the same code, events and answers are the same bytes; only the pages of the database lie otherwise.

The commands ran through the program of \`bin/sleeve-ledger.ts\` in one process, in this folder, so that every path is relative. What \
differed from a user's process: the clock (it stands still while
a command runs, and moves ${secondsBetweenCommands} seconds between two), the source of new keys, the name of the process, and the broker, \
which was one in memory.

| file | holds |
| --- | --- |
| \`ledger.sqlite\`, \`.key\`, \`.key.*\`, \`.witness/\` | the ledger, closed, with its read models; its signing keys; the checkpoint of \
every seal |
| \`manifest.json\`, \`inputs/\` | the manifests, prices, holdings, run directories and messages (one JSON line each: place, key, headers, \
body) |
| \`commands.json\` | each command with its time, exit status and answer, in order, by stage |
| \`checkpoints/\` | the newest checkpoint at the end of each stage |
| \`audit.jsonl\`, \`audit-of-run.jsonl\`, \`bundle.zip\` | exports of everything and of one run, and its bundle |
| \`backup.sqlite\`, \`.checkpoint\` | a backup of the end |
| \`expected/queries\`, \`expected/files\` | what every question was answered at the end, and the files that were written with it |
| \`expected/redelivered.json\` | what every command and message was answered when it was delivered once more |
| \`expected/sent.json\` | what was sent to the broker |
| \`recording.json\` | the commit, the stages with their positions and keys, the runs, and how to go on |

Stages: ${stages.map(({ name }) => name).join(', ')}. From ${firstDate} to ${endedAt} on the recorded clock. ${events} events:

| event | count |
| --- | --- |
${Object.entries(eventsByType)
  .map(([type, count]) => `| ${type} | ${count} |`)
  .join('\n')}

What can differ in a later answer, and why, is listed in \`test/golden/support/not-compared.ts\`.
`;
}

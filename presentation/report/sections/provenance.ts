import { cell, code, columns, facts, paragraph, table, type Block, type Section } from '../model/document.ts';
import type { Provenance, RunHead } from '../model/model.ts';

/** What is known of any run. */
interface ProvenRun {
  readonly run: Pick<RunHead, 'recordedAt' | 'actor' | 'definitionSha256'>;
  readonly provenance: Provenance;
}

function sealBlocks({ provenance }: ProvenRun): Block[] {
  const { seal } = provenance;
  if (seal === null) return [paragraph('Unsealed: no signed checkpoint covers this run yet. `ledger seal` signs one.', 'warn')];
  return [
    facts(['First seal over the run', cell(`tree size ${seal.treeSize}`, 'good')], ['Root', code(seal.root)]),
    table(
      'Checkpoint, a C2SP signed note',
      columns('line'),
      seal.checkpoint
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => [code(line)]),
    ),
  ];
}

/** By what it can be verified: build, events, seal. */
export function provenanceSection(model: ProvenRun): Section {
  const { provenance, run } = model;
  return {
    id: 'provenance',
    title: 'Provenance',
    blocks: [
      facts(
        ['Ledger', code(provenance.ledgerId)],
        ['Origin', code(provenance.origin)],
        ['Stream', code(provenance.stream)],
        ['Recorded', cell(`${run.recordedAt} by ${run.actor}`)],
        ['Definition', code(run.definitionSha256)],
        ...provenance.code.map(
          ({ version, commit, lockHash }) => ['Build', cell(`version ${version}, commit ${commit}, lock file ${lockHash}`)] as const,
        ),
      ),
      ...sealBlocks(model),
      table(
        'Events of the run',
        columns('revision#', 'event', 'hash', 'content hash'),
        provenance.events.map(({ revision, type, hash, contentHash }) => [
          cell(String(revision)),
          cell(type),
          code(hash),
          code(contentHash),
        ]),
      ),
    ],
  };
}

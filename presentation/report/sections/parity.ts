import type { ParityStatus } from '../../../domain/parity/schema.ts';
import {
  cell,
  code,
  columns,
  facts,
  paragraph,
  subheading,
  table,
  type Block,
  type Cell,
  type Section,
  type Tone,
} from '../model/document.ts';
import type { ReportModel } from '../model/model.ts';
import type { ParityReport } from '../model/parity-model.ts';

const tones: Record<ParityStatus, Tone> = {
  equal: 'good',
  excepted: 'warn',
  violated: 'bad',
  absent_everywhere: 'muted',
  absent_in_some: 'bad',
};

function valuesText(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([id, value]) => `${id}: ${JSON.stringify(value)}`)
    .join('; ');
}

function differencesTable({ differences }: ParityReport): Block {
  if (differences.length === 0) return paragraph('Every leaf compared has the same value in every sleeve that has it.', 'good');
  const rows = differences.map(({ path, status, values, rationale, wrongException, uncovered }): Cell[] => [
    code(path),
    cell(uncovered ? `${status}: stopped the run` : status, tones[status]),
    cell(valuesText(values)),
    cell(`${wrongException ? 'an exception names another value. ' : ''}${rationale ?? ''}`),
  ]);
  return table('Leaves that are not equal in every sleeve', columns('leaf', 'status', 'values', 'rationale'), rows);
}

function missingBlocks({ missing }: ParityReport): Block[] {
  if (missing.length === 0) return [];
  return [
    table(
      'Evidence without which the sleeves cannot be compared',
      columns('leaf', 'not stated by'),
      missing.map(({ path, sleeves }) => [code(path), cell(sleeves.join(', '), 'bad')]),
    ),
  ];
}

function mandatedBlocks({ mandated }: ParityReport): Block[] {
  if (mandated.length === 0) return [];
  return [
    subheading('Values named by the specification'),
    paragraph(
      'A deviation from a named value is told apart from a difference between sleeves: only the latter stops a run, unless the ' +
        'mandate is enforced.',
      'muted',
    ),
    table(
      'Mandated values',
      columns('leaf', 'mandated', 'status', 'values', 'deviating'),
      mandated.map(({ path, mandated: value, status, values, deviating }) => [
        code(path),
        cell(JSON.stringify(value)),
        cell(status, status === 'met' ? 'good' : 'warn'),
        cell(valuesText(values)),
        cell(deviating.join(', ')),
      ]),
    ),
  ];
}

function waiverBlocks({ waivers, expired }: ParityReport): Block[] {
  const blocks: Block[] = [];
  if (waivers.length > 0) {
    blocks.push(
      table(
        'Waivers that let the run go on',
        columns('who', 'why', 'leaves', 'until', 'waiver'),
        waivers.map(({ who, why, paths, until, waiverId }) => [cell(who), cell(why), cell(paths.join(', ')), cell(until), code(waiverId)]),
      ),
    );
  }
  if (expired.length > 0)
    blocks.push(
      table(
        'Waivers that had run out',
        columns('waiver', 'until'),
        expired.map(({ waiverId, until }) => [code(waiverId), cell(until, 'warn')]),
      ),
    );
  return blocks;
}

/** Whether the sleeves are comparable, leaf by leaf. */
export function paritySection({ parity }: ReportModel): Section {
  const { all, absentEverywhere } = parity.counts;
  const { verdict, decision, overlap } = parity;
  return {
    id: 'parity',
    title: 'Parity',
    blocks: [
      facts(
        ['Verdict', cell(verdict, verdict === 'NON_CONFORMANT' || verdict === 'UNKNOWN' ? 'bad' : 'good')],
        ['Decision', cell(decision, decision === 'accepted' ? 'good' : decision === 'waived' ? 'warn' : 'bad')],
        ['Overlap', cell(overlap.all)],
        ['Overlap by block', cell(overlap.byBlock)],
        ['Overlap by group', cell(overlap.byGroup)],
        [
          'Leaves',
          cell(
            `${all.equal} equal, ${all.excepted} excepted, ${all.violated} violated, ${all.wrongException} with another value than ` +
              `their exception, ${all.absentInSome} absent in some; ${absentEverywhere} absent everywhere`,
          ),
        ],
        ['Policy', cell(parity.policy)],
        ['Sleeves compared', cell(parity.sleeves.map(({ id, calendarClass }) => `${id} (${calendarClass})`).join(', '))],
      ),
      ...(parity.uncovered.length > 0
        ? [paragraph(`The run stopped here. Not covered by an exception or a waiver: ${parity.uncovered.join(', ')}.`, 'bad')]
        : []),
      ...missingBlocks(parity),
      differencesTable(parity),
      ...waiverBlocks(parity),
      ...mandatedBlocks(parity),
    ],
  };
}

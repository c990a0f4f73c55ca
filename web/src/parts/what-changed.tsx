import type { Comparison } from '../api/answers.ts';
import { runChanges } from '../api/questions.ts';
import { Answered } from './states.tsx';
import { type Column, Table } from './table.tsx';
import { change, percent } from './words.ts';

const partWords: Readonly<Record<string, string>> = {
  sleeveResults: 'sleeve results',
  covariance: 'covariance',
  bounds: 'bounds',
  definition: 'definition',
  rounding: 'rounding',
};

type Profile = Comparison['profiles'][number];
type Row = Profile['assets'][number];

/** Part of a change by its name. */
function partOf({ parts }: Row, name: string): number {
  return new Map(Object.entries(parts)).get(name) ?? 0;
}

function columnsOf(parts: readonly string[], what: string): Column<Row>[] {
  return [
    { label: what, value: ({ name }) => name },
    { label: 'before', isNumeric: true, value: ({ before }) => before, show: ({ before }) => percent(before) },
    { label: 'after', isNumeric: true, value: ({ after }) => after, show: ({ after }) => percent(after) },
    { label: 'change', isNumeric: true, value: ({ change: by }) => by, show: ({ change: by }) => <strong>{change(by)}</strong> },
    ...parts.map((part): Column<Row> => ({
      label: `by ${partWords[part] ?? part}`,
      isNumeric: true,
      value: (row) => partOf(row, part),
      show: (row) => change(partOf(row, part)),
    })),
  ];
}

/** Why the weights of two runs differ: each change in its exact parts, which add up to it. */
export function WhatChanged({ before, after }: { readonly before: string; readonly after: string }) {
  const question = runChanges(before, after);
  return (
    <Answered question={question} label="what changed, and why">
      {({ profiles, summation }) =>
        profiles.length === 0 ? (
          <p class="empty">The two runs have no risk profile in common: there is nothing to compare.</p>
        ) : (
          <>
            {profiles.map(({ riskBefore, riskAfter, sleeves, assets }) => {
              const parts = summation.filter(
                (part) => part !== 'rounding' || [...sleeves, ...assets].some((row) => partOf(row, 'rounding') !== 0),
              );
              const name = riskBefore === riskAfter ? riskAfter : `${riskBefore} before, ${riskAfter} after`;
              return (
                <div key={name}>
                  <Table
                    caption={`Sleeves, ${name}: each change and what made it`}
                    columns={columnsOf(parts, 'sleeve')}
                    rows={sleeves}
                    rowKey={(row) => row.name}
                    command={question.command}
                    empty="No sleeve is in either."
                  />
                  <Table
                    caption={`Assets, ${name}: each change and what made it`}
                    columns={columnsOf(parts, 'asset')}
                    rows={assets}
                    rowKey={(row) => row.name}
                    command={question.command}
                    empty="No asset is in either."
                  />
                </div>
              );
            })}
          </>
        )
      }
    </Answered>
  );
}

import { z } from 'zod';
import { readers } from '../../../domain/people/api-roles.ts';
import { checkpointResult } from '../answers/checkpoint.ts';
import { reportResult, tableResult } from '../answers/files.ts';
import { type FileQuestion, type Representation, standardOutput } from '../file-question.ts';
import { asOf, knownAt, pathArgument, pathFlag, querySwitch, queryText, runName, runNaming } from '../parameters.ts';

const run = pathArgument('run', 'Id of a run.', runName);
const risk = queryText('risk', 'Risk profile; a combination and a tournament have none.');
const ofRun = [run, ...runNaming, asOf, knownAt];

/** Whatever their names, nobody but the verb and this table sees them: no file is written. */
const tableForms: readonly [Representation, ...Representation[]] = [
  { mediaType: 'application/json; charset=utf-8', flags: { output: 'table.json' }, schema: tableResult },
  { mediaType: 'text/csv; charset=utf-8', flags: { output: 'table.csv' } },
  { mediaType: 'application/vnd.apache.parquet', flags: { output: 'table.parquet' } },
  { mediaType: 'application/vnd.apache.arrow.stream', flags: { output: 'table.arrows' } },
  { mediaType: 'application/vnd.apache.arrow.file', flags: { output: 'table.arrow' } },
];

/** A report draws itself and fetches nothing: it may have its own styles, and no script. */
const reportHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'",
};

export const fileQuestions: readonly FileQuestion[] = [
  {
    resource: 'runs',
    path: '/v1/runs/{run}/returns',
    operationId: 'runReturns',
    summary:
      'Returns: net and out of sample of a sleeve run, joined of a meta run, beside the baselines of a backtest, or of the entrants of a ' +
      'tournament.',
    roles: readers,
    verb: ['export', 'returns'],
    parameters: [...ofRun, risk],
    follows: 'ledger',
    representations: tableForms,
  },
  {
    resource: 'runs',
    path: '/v1/runs/{run}/weights',
    operationId: 'runWeights',
    summary: 'Weights: one row at the as-of date; of a backtest, or of an entrant of a tournament, a row for each decision.',
    roles: readers,
    verb: ['export', 'weights'],
    parameters: [...ofRun, risk, queryText('entrant', 'Of a tournament, the entrant whose weights are meant.')],
    follows: 'ledger',
    representations: tableForms,
  },
  {
    resource: 'runs',
    path: '/v1/runs/{run}/series/{table}',
    operationId: 'runSeries',
    summary: 'One of the tables behind a run: drawdowns, rolling figures, decisions, risk, trades.',
    roles: readers,
    verb: ['export', 'series'],
    parameters: [...ofRun, risk, pathFlag('table', 'Name of the table, as the list of them has it.')],
    follows: 'ledger',
    representations: tableForms,
  },
  {
    resource: 'runs',
    path: '/v1/runs/{run}/report',
    operationId: 'runReport',
    summary: 'The report of a run: a page, markdown, or its sections with the numbers of their tables and charts.',
    roles: readers,
    verb: ['report'],
    parameters: [...ofRun, querySwitch('all-holdings', 'Of a meta run, every asset of each profile (default: the ten largest).')],
    follows: 'ledger',
    representations: [
      { mediaType: 'text/html; charset=utf-8', flags: { ...standardOutput, only: 'html' }, headers: reportHeaders },
      { mediaType: 'text/markdown; charset=utf-8', flags: { ...standardOutput, only: 'markdown' } },
      { mediaType: 'application/json; charset=utf-8', flags: { ...standardOutput, only: 'json' }, schema: reportResult },
    ],
  },
  {
    resource: 'runs',
    path: '/v1/runs/{run}/bundle',
    operationId: 'runBundle',
    heavy: true,
    summary: 'Everything that proves a run, in one archive: audit lines, checkpoint, proofs, artifacts, report, verifier.',
    roles: ['auditor'],
    verb: ['audit', 'bundle'],
    parameters: [run, ...runNaming],
    follows: 'ledger',
    representations: [{ mediaType: 'application/zip', flags: standardOutput }],
    savedAs: ({ pathParameters }) => `${pathParameters['run']!}.zip`,
  },
  {
    resource: 'ledger',
    path: '/v1/audit',
    operationId: 'auditExport',
    heavy: true,
    summary: 'Every event as a chained line, with the newest signed checkpoint in the last: what `audit verify` verifies.',
    roles: ['auditor'],
    verb: ['audit', 'export'],
    parameters: [querySwitch('positions', "Lines with the store's own positions."), knownAt],
    follows: 'ledger',
    representations: [{ mediaType: 'application/jsonl; charset=utf-8', flags: { ...standardOutput, all: true } }],
    savedAs: () => 'audit.jsonl',
  },
  {
    resource: 'runs',
    path: '/v1/runs/{run}/audit',
    operationId: 'runAudit',
    heavy: true,
    summary: 'The same of one run, with what it rests on and what was decided about it.',
    roles: ['auditor'],
    verb: ['audit', 'export'],
    parameters: [
      pathFlag('run', 'Id of a run.', runName),
      ...runNaming,
      querySwitch('positions', "Lines with the store's own positions."),
      asOf,
      knownAt,
    ],
    follows: 'ledger',
    representations: [{ mediaType: 'application/jsonl; charset=utf-8', flags: standardOutput }],
    savedAs: ({ pathParameters }) => `${pathParameters['run']!}.audit.jsonl`,
  },
  {
    resource: 'ledger',
    path: '/v1/artifacts/{sha256}',
    operationId: 'artifact',
    summary: 'The bytes that events refer to by their SHA-256: a document or a table.',
    roles: readers,
    verb: ['ledger', 'artifact'],
    parameters: [
      pathArgument('sha256', 'Address of the artifact.', z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits in lower case')),
    ],
    representations: [
      // It never changes, but whoever asks again is looked at again.
      { mediaType: 'application/octet-stream', flags: standardOutput },
    ],
    savedAs: ({ pathParameters }) => pathParameters['sha256']!,
    follows: ({ pathParameters }) => `"${pathParameters['sha256']!}"`,
  },
  {
    resource: 'ledger',
    path: '/v1/checkpoint',
    operationId: 'checkpoint',
    summary: 'The newest signed checkpoint: the note that others keep and compare, or what it says.',
    roles: readers,
    verb: ['ledger', 'checkpoint'],
    parameters: [],
    follows: 'ledger',
    representations: [
      { mediaType: 'text/plain; charset=utf-8', flags: standardOutput },
      { mediaType: 'application/json; charset=utf-8', flags: {}, answer: checkpointResult },
    ],
  },
];

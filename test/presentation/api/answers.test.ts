/** What the API says that it answers is what is answered: of every recorded answer, and of everything that it offers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { type DeclaredEndpoint, methodOf } from '../../../presentation/api/endpoint.ts';
import { resources } from '../../../presentation/api/resources/all.ts';
import { type AnsweredDesk, answeredDesk } from '../../support/answered-desk.ts';
import type { Answer } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../support/served-ledger.ts';

const endpoints = resources.flatMap((resource) => resource.endpoints);

interface Asked {
  readonly path: string;
  /** The same at the command line. */
  readonly argv: readonly string[];
  /** Of a question by POST. */
  readonly body?: object;
}

/** What is asked of every question, by its operation: a new one fails until it has a line. */
const questions: Readonly<Record<string, (desk: AnsweredDesk) => readonly Asked[]>> = {
  portfolioWeights: () => [
    { path: '/v1/portfolios/pair/weights', argv: ['weights', '--meta', 'pair'] },
    { path: '/v1/portfolios/pair/weights?published=true', argv: ['weights', '--meta', 'pair', '--published'] },
    {
      path: '/v1/portfolios/pair/weights?risk=hrp&as-of=2022-11-29',
      argv: ['weights', '--meta', 'pair', '--risk', 'hrp', '--as-of', '2022-11-29'],
    },
  ],
  explainWeight: () => [{ path: '/v1/portfolios/pair/assets/AMEX:SPY/explanation', argv: ['explain', 'AMEX:SPY', '--meta', 'pair'] }],
  portfolioPublications: () => [{ path: '/v1/portfolios/pair/publications', argv: ['publications', '--meta', 'pair'] }],
  portfolioChanges: () => [
    { path: '/v1/portfolios/pair/changes', argv: ['diff', 'previous', 'latest', '--meta', 'pair'] },
    { path: '/v1/portfolios/pair/changes?since=2022-11-29', argv: ['diff', '--since', '2022-11-29', '--meta', 'pair'] },
  ],
  portfolioParity: () => [{ path: '/v1/portfolios/pair/parity', argv: ['parity', 'check', '--meta', 'pair'] }],
  listRuns: () => [
    { path: '/v1/runs', argv: ['runs'] },
    { path: '/v1/runs?kind=sleeve&name=funds&known-at=60', argv: ['runs', '--kind', 'sleeve', '--name', 'funds', '--known-at', '60'] },
  ],
  runTimeline: ({ published, backtest, tournament, combination }) => [
    { path: `/v1/runs/${published}/timeline`, argv: ['timeline', published] },
    { path: `/v1/runs/latest/timeline?meta=pair`, argv: ['timeline', 'latest', '--meta', 'pair'] },
    ...[backtest, tournament, combination].map((run) => ({ path: `/v1/runs/${run}/timeline`, argv: ['timeline', run] })),
  ],
  recomputeRun: ({ funds }) => [{ path: `/v1/runs/${funds}/recomputation`, argv: ['replay', funds, '--strict'], body: { strict: true } }],
  compareRuns: ({ published, held }) => [
    { path: `/v1/runs/${published}/changes/${held}?risk=hrp`, argv: ['diff', published, held, '--risk', 'hrp'] },
  ],
  counterfactual: ({ held, backtest }) => [
    {
      path: `/v1/runs/${held}/counterfactual`,
      argv: ['counterfactual', held, '--set', 'meta_allocation.max_weight=0.6', '--risk', 'equal_weight'],
      body: { set: ['meta_allocation.max_weight=0.6'], risk: ['equal_weight'] },
    },
    {
      path: `/v1/runs/${backtest}/counterfactual`,
      argv: ['counterfactual', backtest, '--set', 'backtest.backtest_slippage=0.002'],
      body: { set: ['backtest.backtest_slippage=0.002'] },
    },
  ],
  listEvents: () => [
    { path: '/v1/events?limit=3', argv: ['ledger', 'events', '--limit', '3'] },
    {
      path: '/v1/events?stream=metaPortfolio-pair&types=RebalanceHeld&types=AllocationPublished',
      argv: ['ledger', 'events', '--stream', 'metaPortfolio-pair', '--types', 'RebalanceHeld', 'AllocationPublished'],
    },
  ],
  oneEvent: () => [{ path: '/v1/events/ledger@0', argv: ['ledger', 'events', 'ledger@0'] }],
  proveEvent: () => [{ path: '/v1/events/ledger@0/proof', argv: ['ledger', 'prove', 'ledger@0'] }],
  verifyLedger: () => [{ path: '/v1/ledger/verification', argv: ['ledger', 'verify'] }],
  status: () => [
    { path: '/v1/status', argv: ['status'] },
    { path: '/v1/status?meta=pair', argv: ['status', '--meta', 'pair'] },
  ],
  listDeadLetters: () => [
    { path: '/v1/dead-letters', argv: ['dlq', 'list'] },
    { path: '/v1/dead-letters?sleeve=stocks&all=true&limit=1', argv: ['dlq', 'list', '--sleeve', 'stocks', '--all', '--limit', '1'] },
  ],
};

/** Of what the recorded desk has nothing: a letter, an approval, an event by itself. */
const notRecorded = [
  'approve',
  'dlq discard',
  'dlq retry',
  'drift',
  'export series',
  'history',
  'manifest reject',
  'parity revoke',
  'portfolios',
  'reject',
  'scan config',
  'scan funnel',
  'scan list',
  'show',
  'sleeve list',
  'sleeve show',
  'trades',
  'workers',
];

/** Their members are told by names alone: the how-tos of selection, scans, backtests and trades say what they are. */
const namedOnly = new Set([
  'AppliedManifest',
  'ManifestPlan',
  'MovedSymbol',
  'NamedStanding',
  'PlacedStanding',
  'Report',
  'Robustness',
  'ScanConfig',
  'ScanFunnel',
  'SelectionAccount',
  'SelectionBattles',
  'SelectionDifference',
  'SelectionFunnel',
  'Trades',
]);

/** Compared with the command line in resources.test.ts, on a desk that has scanned and selected. */
const elsewhere = [
  'backtestRobustness',
  'explainSelection',
  'listBacktests',
  'listCombinations',
  'listPortfolios',
  'listScans',
  'listSeries',
  'listSleeves',
  'listTournaments',
  'oneBacktest',
  'oneCombination',
  'onePortfolio',
  'oneRun',
  'oneSleeve',
  'oneTournament',
  'portfolioDrift',
  'portfolioHistory',
  'portfolioTrades',
  'scanConfig',
  'scanFunnel',
  'selectionBattles',
  'selectionDifference',
  'selectionFunnel',
  // It opens no ledger at the command line: serving.test.ts.
  'workers',
];

/** What is recorded by every command, in this order. */
const commands: Readonly<Record<string, (desk: AnsweredDesk) => readonly [path: string, body?: object]>> = {
  haltPublication: () => ['/v1/portfolios/pair/halt'],
  resumePublication: () => ['/v1/portfolios/pair/resume'],
  waiveParity: () => ['/v1/portfolios/pair/waivers', { paths: ['backtest.train_window'], until: '2030-01-01', why: 'a move' }],
  revokeWaiver: ({ waiver }) => [`/v1/portfolios/pair/waivers/${waiver}/revoke`],
  approveRebalance: ({ held }) => [`/v1/runs/${held}/approve`],
  rejectRebalance: ({ twin }) => [`/v1/runs/${twin}/reject`],
  discardDeadLetter: ({ letter }) => [`/v1/dead-letters/${letter}/discard`],
  retryDeadLetter: ({ letter }) => [`/v1/dead-letters/${letter}/retry`],
  quarantineSleeve: () => ['/v1/sleeves/funds/quarantine'],
  reinstateSleeve: () => ['/v1/sleeves/funds/reinstate'],
  approveDefinition: () => ['/v1/proposals/pair%2F2/approve'],
  rejectDefinition: () => ['/v1/proposals/twin%2F2/reject'],
};

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let desk: AnsweredDesk;
let served: ServedLedger;
let token: string;
let document: ApiDocument;
const scratch = scratchDirectory();

const formatted = new Ajv2020({ strict: false, validateSchema: false });
addFormats.default(formatted);

/** Both the schema of the code and that of the document, which a client in another language reads. */
function expectToFit(endpoint: DeclaredEndpoint, answer: Readonly<Record<string, unknown>>): void {
  const { path, operationId, result } = endpoint;
  expect([operationId, result.safeParse(answer['result']).error?.issues]).toEqual([operationId, undefined]);
  const operation = `${path.replaceAll('/', '~1')}/${methodOf(endpoint).toLowerCase()}`;
  const place = `api#/paths/${encodeURI(operation)}/responses/200/content/application~1json/schema`;
  const validate = formatted.getSchema(place)!;
  expect([operationId, validate(answer), validate.errors]).toEqual([operationId, true, null]);
}

/** Members of objects at any depth that have neither words of their own nor those of a schema with a name. */
function membersWithoutWords(node: unknown, at: string): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => membersWithoutWords(item, at));
  if (node === null || typeof node !== 'object') return [];
  const { properties = {}, ...rest } = node as { properties?: Record<string, { description?: string; $ref?: string }> };
  const silent = Object.entries(properties).filter(([, { description, $ref }]) => description === undefined && $ref === undefined);
  return [
    ...silent.map(([name]) => `${at}.${name}`),
    ...Object.entries(properties).flatMap(([name, member]) => membersWithoutWords(member, `${at}.${name}`)),
    ...Object.values(rest).flatMap((member) => membersWithoutWords(member, at)),
  ];
}

const ask = ({ path, body }: Asked): ReturnType<ServedLedger['ask']> =>
  body === undefined ? served.ask(path, { token }) : served.send(path, body, token);

/** Values of which the recording keeps only that there was one: what is of the build, digests, and the middle of long lists. */
const blurred = /BUILD|DIGEST|BYTES|^\.\.\.$/;

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[name], value);

/** Of several shapes it is meant to have one. */
const fewest = (faults: readonly (readonly string[])[]): readonly string[] =>
  faults.toSorted((left, right) => left.length - right.length)[0] ?? ['no shape at all'];

/** What is wrong with a recorded result, but for what is blurred in it. */
function faultsIn(value: unknown, issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[] = []): string[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    const found = valueAt(value, path);
    if (typeof found === 'string' && blurred.test(found)) return [];
    if (issue.code !== 'invalid_union') return [`${path.map(String).join('.')}: ${issue.message}`];
    return fewest(issue.errors.map((errors) => faultsIn(value, errors, path)));
  });
}

interface Recorded {
  readonly argv: readonly string[];
  readonly answer: Answer;
}

const folder = join(import.meta.dirname, '../../golden/answers');
const recorded = readdirSync(folder)
  .filter((name) => name !== 'events.json')
  .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as readonly Recorded[])
  .filter(({ answer }) => (answer.result as unknown) !== null);
const verbs = [...new Set(endpoints.map(({ verb }) => verb.join(' ')))];

describe('a recorded answer', () => {
  // `export series` writes a file there; the API asks what there is to export.
  const declared = recorded.filter(({ answer }) => verbs.includes(answer.command) && answer.command !== 'export series');

  test('is there for every verb that the API offers and the recorded desk has asked', () => {
    const answered = new Set(declared.map(({ answer }) => answer.command));
    expect(verbs.filter((verb) => !answered.has(verb)).toSorted()).toEqual(notRecorded);
  });

  test.each(declared.map((one) => [one.argv.join(' '), one] as const))('%s fits the schema of its endpoint', (_, { answer }) => {
    const schemas = endpoints.filter(({ verb }) => verb.join(' ') === answer.command).map(({ result }) => result);
    // Where several endpoints have one verb, it is the answer of one of them.
    expect(fewest(schemas.map((schema) => faultsIn(answer.result, schema.safeParse(answer.result).error?.issues ?? [])))).toEqual([]);
  });
});

describe('over HTTP', () => {
  beforeAll(async () => {
    desk = await answeredDesk(scratch);
    token = await tokenOf(desk.bench, 'olga', 'operator', 'approver', 'auditor');
    served = await ServedLedger.start(desk.bench);
    document = (await served.ask('/v1/openapi.json')).json as unknown as ApiDocument;
    formatted.addSchema({ ...document }, 'api');
  }, 60_000);
  afterAll(() => served.stop());

  describe('an answer of the API', () => {
    const asks = endpoints.filter(({ does }) => does === 'asks');
    const records = endpoints.filter(({ does }) => does === 'records');

    test('is looked at for every endpoint that is declared', () => {
      expect([...Object.keys(questions), ...elsewhere].toSorted()).toEqual(asks.map(({ operationId }) => operationId).toSorted());
      expect([...Object.keys(commands), 'applyManifest'].toSorted()).toEqual(records.map(({ operationId }) => operationId).toSorted());
    });

    test.each(asks.map((endpoint) => [endpoint.operationId, endpoint] as const))(
      'to %s is what the command line answers',
      async (name, endpoint) => {
        for (const asked of questions[name]?.(desk) ?? []) {
          const { exit, ...said } = await desk.bench.json(asked.argv);
          const answer = await ask(asked);
          expect([asked.path, exit, answer.status, answer.json['detail']]).toEqual([asked.path, 0, 200, undefined]);
          // Over HTTP no folder of the machine is told.
          expect(answer.json).toEqual(JSON.parse(JSON.stringify(said).replaceAll(`${desk.bench.directory}/`, '')));
          expectToFit(endpoint, answer.json);
        }
      },
    );

    test('to a command is as its schema says', async () => {
      for (const [name, requestOf] of Object.entries(commands)) {
        const [path, body = { why: 'to see it' }] = requestOf(desk);
        const answer = await served.send(path, body, token);
        expect([name, answer.status, answer.json['detail']]).toEqual([name, 200, undefined]);
        expectToFit(
          records.find(({ operationId }) => operationId === name)!,
          answer.json,
        );
      }
    });
  });

  describe('the document', () => {
    test('is valid OpenAPI 3.1', async () => {
      const validator = new Validator();
      expect(await validator.validate(structuredClone({ ...document }))).toEqual({ valid: true });
      expect(validator.version).toBe('3.1');
    });

    test('names every operation once', () => {
      const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
      const names = operations.map(({ operationId }) => operationId);
      expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
      expect(names.toSorted()).toEqual(expect.arrayContaining(endpoints.map(({ operationId }) => operationId).toSorted()));
    });

    test('refers to nothing that it does not have', () => {
      const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
      const missing = references.filter(
        (reference) => !reference.startsWith('#/') || valueAt(document, reference.slice(2).split('/')) === undefined,
      );
      expect(references.length).toBeGreaterThan(0);
      expect(missing).toEqual([]);
    });

    test('describes every member of what is answered', () => {
      const { Problem: _, ...schemas } = document.components.schemas;
      // What events hold is told by docs/events.md.
      const told = Object.entries(schemas).filter(([name]) => !name.endsWith('Fact') && !namedOnly.has(name));
      const silent = told.flatMap(([name, schema]) => membersWithoutWords(schema, name));
      expect(silent).toEqual([]);
    });
  });
});

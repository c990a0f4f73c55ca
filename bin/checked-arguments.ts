import { z } from 'zod';
import { apiRoles } from '../domain/people/api-roles.ts';
import { runKinds } from '../domain/run/run-kind.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { actorSchema } from '../handlers/runtime/settings.ts';
import { robustnessChecks } from '../handlers/queries/backtest-robustness.ts';
import { tableFormats } from '../domain/shared/table-formats.ts';

/** What a caller without types may get wrong: the shapes of arguments at the border of the library, and no more than that. */
const text = z.string().min(1);
const optionalText = z.string().min(1).nullish();
const time = { asOf: optionalText, knownAt: optionalText };
const signal = z.instanceof(AbortSignal);
const manifest = z.looseObject({ profiles: z.record(z.string(), z.unknown()) }, 'a manifest, as parseManifest gives it');
const allocation = z.looseObject({ meta: text, risk: text, ...time });
const why = text;
/** An id, or a word for one with whose run is meant. */
const reference = { meta: optionalText, sleeve: optionalText, book: optionalText, kind: z.enum(runKinds).nullish() };
const run = z.union([text, z.looseObject({ runId: text, ...reference })]);

/** What audits of scanners are asked about. */
const scanned = z.looseObject({ file: text, asOf: z.iso.date() });
const besideScanners = z.looseObject({ file: text, asOf: z.iso.date(), scanners: text });
const kept = z.looseObject({ record: z.boolean().optional() }).optional();

const tableFile = z.looseObject({ file: text, table: z.looseObject({}) }, 'a price file, as readPrices gives it');
const metadataFile = z.looseObject({ file: text, symbols: z.looseObject({}) }, 'metadata, as readMetadata gives them');
/** Volumes and metadata. */
const supplied = z.looseObject({ volumes: z.array(tableFile), metadata: z.array(metadataFile) }).optional();
/** A window, or the decision that stands for the whole run. */
const decision = z.union([z.int().min(0), z.enum(['live', 'static', 'current'])]).optional();
const ofDecision = z.looseObject({ decision, ...time }).optional();

const methods = {
  as: [actorSchema],
  readPrices: [text],
  readMetadata: [text],
  reallocate: [text],
  applyManifest: [manifest, z.looseObject({ metas: z.array(text).optional(), dryRun: z.boolean().optional() }).optional()],
  produceSleeveRun: [
    z.looseObject({
      manifest,
      profile: text,
      files: z.array(tableFile).min(1),
      options: z.looseObject({}).optional(),
      supply: supplied,
      correction: z.int().min(0).optional(),
    }),
  ],
  importSleeveRun: [z.looseObject({ run: text, profile: optionalText, correction: z.int().min(0).optional() })],
  allocate: [z.looseObject({ manifest, meta: text, risks: z.union([z.array(text), z.literal('all')]).nullish(), asOf: optionalText })],
  backtest: [
    z.looseObject({
      manifest,
      meta: text,
      risks: z.union([z.array(text), z.literal('all')]).nullish(),
      supply: supplied,
      from: optionalText,
      asOf: optionalText,
    }),
  ],
  tournament: [
    z.looseObject({
      manifest,
      profile: text,
      supply: supplied,
      axes: z.looseObject({}).optional(),
      from: optionalText,
      asOf: optionalText,
      importRuns: z.array(text).optional(),
    }),
  ],
  combine: [
    z.looseObject({ positions: z.record(text, z.record(z.string(), z.unknown())), budgets: z.looseObject({}), asOf: optionalText }),
  ],
  scan: [
    z.looseObject({
      scanners: text,
      names: z.union([z.array(text).min(1), z.literal('all')]),
      asOf: z.iso.date(),
      source: z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.literal('saved'), file: text, requestFile: optionalText }),
        z.looseObject({ kind: z.literal('live'), url: text, timeoutSeconds: z.number().positive(), droppedColumns: z.array(text) }),
      ]),
    }),
    signal.optional(),
  ],
  scanConfig: [text, text],
  scanFunnel: [text, optionalText],
  scanMap: [scanned, kept],
  scanGaps: [besideScanners, kept],
  scanAttributes: [besideScanners, kept],
  scanLiquidity: [scanned, kept],
  scanOverlap: [z.tuple([text, text]), optionalText, kept],
  scanAudit: [text, optionalText, kept],
  scanCandidates: [z.array(text).min(1), kept],
  scanOrphans: [text, z.array(text), kept],
  approve: [run, why],
  reject: [run, why],
  approveDefinition: [text, why],
  rejectDefinition: [text, why],
  halt: [text, why],
  resume: [text, why],
  waive: [z.looseObject({ meta: text, paths: z.array(text).min(1), until: z.iso.date(), why })],
  revoke: [text, text, why],
  quarantine: [text, why],
  reinstate: [text, why],
  createToken: [z.looseObject({ holder: text, roles: z.array(z.enum(apiRoles)).min(1), days: z.int().positive().optional() })],
  revokeToken: [text, why],
  retryLetter: [text, why],
  discardLetter: [text, why],
  eraseLetter: [text, why],
  rotateKey: [why],
  nameWitness: [text, why],
  verifyCache: [z.looseObject({ seed: text, sample: z.int().positive().optional(), signal: signal.optional() })],
  watchOnce: [z.looseObject({ folder: text }), signal.optional()],
  watch: [z.looseObject({ folder: text }), signal],
  work: [z.looseObject({ signal })],
  exportTable: [
    z.looseObject({
      runId: text,
      what: z.enum(['returns', 'weights']),
      risk: optionalText,
      entrant: optionalText,
      file: text,
      ...reference,
      ...time,
    }),
  ],
  exportSeries: [
    z.looseObject({
      runId: text,
      risk: optionalText,
      directory: text,
      format: z.enum(tableFormats).optional(),
      ...reference,
      ...time,
    }),
  ],
  exportBacktest: [z.looseObject({ runId: text, meta: optionalText, file: text })],
  exportRun: [z.looseObject({ runId: text, directory: text, ...time })],
  report: [run, text, z.enum(['top', 'all']).optional()],
  exportAudit: [z.looseObject({ file: text, runId: optionalText, ...reference, ...time })],
  bundle: [run, text],
  produceResult: [run, z.looseObject({}), z.enum(['inline', 'reference', 'whichever fits']).optional()],
  copyTo: [text, signal.optional()],
  backUp: [text],
  weights: [allocation],
  explain: [text, allocation],
  trades: [
    z.looseObject({
      meta: text,
      capital: z.number().positive(),
      holdings: z.array(z.looseObject({ symbol: text })),
      knownAt: optionalText,
    }),
  ],
  drift: [z.looseObject({ meta: text, ...time })],
  workers: [z.array(text)],
  publications: [z.looseObject({ meta: text })],
  status: [z.looseObject({ meta: optionalText, knownAt: optionalText }).optional()],
  runs: [
    z
      .looseObject({
        name: optionalText,
        kind: z.enum(runKinds).nullish(),
        after: optionalText,
        maxCount: z.int().positive().nullish(),
        ...time,
      })
      .optional(),
  ],
  runFacts: [run, z.looseObject(time).optional()],
  history: [z.looseObject({ meta: text, ...time })],
  sleeve: [text, optionalText],
  scans: [z.looseObject({ scanner: optionalText, after: optionalText, maxCount: z.int().positive().optional(), ...time }).optional()],
  timeline: [run, z.looseObject(time).optional()],
  runEvents: [z.enum(['sleeveRun', 'metaRun', 'backtest', 'combination', 'tournament']), run],
  replay: [z.looseObject({ runId: optionalText, ...reference, ...time }).optional(), signal.optional()],
  replayBundle: [z.looseObject({ file: text, verifierKey: optionalText, runId: optionalText, asOf: optionalText }), signal.optional()],
  counterfactualBacktest: [z.looseObject({ runId: text, overrides: z.record(z.string(), z.unknown()).optional() })],
  backtestRobustness: [
    z.looseObject({
      runId: text,
      checks: z.array(z.enum(robustnessChecks)).nullish(),
      risks: z.union([z.array(text), z.literal('all')]).nullish(),
      seed: z.bigint().min(0n).optional(),
      replicates: z.int().positive().optional(),
    }),
    signal.nullish(),
  ],
  verifyBacktests: [z.looseObject({ runId: optionalText, meta: optionalText, ...time }).optional()],
  counterfactual: [z.looseObject({ runId: text, overrides: z.record(z.string(), z.unknown()).optional(), ...time })],
  diff: [run, run, z.looseObject(time).optional()],
  explainSelection: [run, text, ofDecision],
  selectionBattles: [run, ofDecision],
  selectionFunnel: [run, ofDecision],
  selectionDiff: [run, run, z.looseObject({ decision, against: decision, ...time }).optional()],
  selectionDeepDive: [run, ofDecision],
  diffSince: [z.iso.date(), z.looseObject({ meta: optionalText, ...time }).optional()],
  parity: [manifest, z.looseObject({ meta: text, ...time })],
  deadLetters: [
    z.looseObject({ sleeve: optionalText, knownAt: optionalText, after: optionalText, maxCount: z.int().positive().optional() }).optional(),
  ],
  tokens: [z.looseObject({ knownAt: optionalText }).optional()],
  events: [z.looseObject({ stream: optionalText, types: z.array(text).nullish(), maxCount: z.int().positive().optional() }).optional()],
  event: [text],
  artifact: [text],
  prove: [text],
  verify: [z.looseObject({}).nullish(), optionalText, z.looseObject({ letterKeysElsewhere: z.boolean().optional() }).optional()],
  auditIntegrity: [text],
  verifyAudit: [z.looseObject({ file: text })],
} as const satisfies Readonly<Record<string, readonly z.ZodType[]>>;

export const checkedMethods: readonly string[] = Object.keys(methods);

/** Errors: Usage, naming the function, the argument and what is wanted there. */
export function checkArguments(name: string, schemas: readonly z.ZodType[], given: readonly unknown[]): void {
  for (const [index, schema] of schemas.entries()) {
    const parsed = schema.safeParse(given[index]);
    if (parsed.success) continue;
    const [issue] = parsed.error.issues;
    const place = [`argument ${index + 1}`, ...issue!.path.map(String)].join('.');
    throw new LedgerError('Usage', `${name}: ${place}: ${issue!.message}`, { at: { path: place } });
  }
}

/** The same methods, each looking at its arguments first. A promise is refused rather than an error thrown past it. */
export function withCheckedArguments<Methods extends object>(given: Methods): Methods {
  const checked = { ...given } as Record<string, unknown>;
  for (const [name, schemas] of Object.entries<readonly z.ZodType[]>(methods)) {
    const method = checked[name];
    if (typeof method !== 'function') continue;
    checked[name] =
      name === 'as'
        ? (...args: unknown[]): unknown => {
            checkArguments(name, schemas, args);
            return Reflect.apply(method, given, args) as unknown;
          }
        : async (...args: unknown[]): Promise<unknown> => {
            checkArguments(name, schemas, args);
            return Reflect.apply(method, given, args) as unknown;
          };
  }
  return checked as Methods;
}

import { z } from 'zod';
import { unseenIn } from '../../domain/people/identity.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { withoutCredentials } from '../../domain/shared/credentials.ts';
import { limits } from '../../domain/shared/limits.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { providerDefaults, providerSettings } from './provider-settings.ts';

const topicSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, 'letters, digits, dot, underscore and dash')
  .max(249);

/** The name that somebody claims, every character of it to be seen. */
export const actorSchema = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => unseenIn(name) === null, {
    error: ({ input }) => `a name holds ${unseenIn(String(input))}, which nobody sees; give one without it`,
  });

/** What can be set by flag, environment or file, in this order of precedence. */
export const settingsSchema = z.strictObject({
  store: z.string().min(1),
  manifest: z.string().min(1),
  actor: actorSchema,
  /** A folder, and places elsewhere behind it; a list in a settings file. */
  witness: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .refine(
      (places) => typeof places === 'string' || places.filter((place) => !place.includes('://')).length <= 1,
      'one folder, not several',
    )
    .transform((places) => (typeof places === 'string' ? places : places.join(' ')))
    .nullable(),
  /** How many of the witnesses must cosign; null demands none. */
  witnessQuorum: z
    .union([z.int(), z.string().regex(/^\d+$/).transform(Number)], { error: 'must be a whole number' })
    .pipe(z.int().min(1).max(limits.witnessesMax))
    .nullable(),
  key: z.string().min(1).nullable(),
  origin: z
    .string()
    .regex(/^[^\s+]+$/, 'no blanks and no plus sign')
    .nullable(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  /** `kafka://[user:password@]host:port[,host:port][?tls=false&mechanism=scram-sha-512&ca=FILE]`; null works without a broker. */
  kafka: z.string().startsWith('kafka://').nullable(),
  resultsTopic: topicSchema,
  allocationsTopic: topicSchema,
  deadLettersTopic: topicSchema,
  backtestJobsTopic: topicSchema,
  backtestResultsTopic: topicSchema,
  /** Prefix of the consumer groups: of the intake, the reaction and the workers of backtests. */
  group: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/)
    .max(200),
  /** Whether a newer valid result frees a sleeve from its dead letter. */
  onPoison: z.enum(['hold', 'supersede']),
  /** `host:port` of health and metrics; null serves none. */
  http: z
    .string()
    .regex(/^[^:\s]+:\d{1,5}$/, 'must be HOST:PORT')
    .nullable(),
  /** Names, behind commas, under which health and metrics are asked for, beside loopback and the address they are served at. */
  httpHosts: z
    .string()
    .regex(/^[A-Za-z0-9._:[\]-]+(?:,[A-Za-z0-9._:[\]-]+)*$/, 'must be names or addresses with commas between them')
    .nullable(),
  /** Where workers serve their health and metrics, `http://HOST:PORT` behind commas: who serves the ledger asks them how they stand. */
  workerUrls: z
    .string()
    .regex(
      /^https?:\/\/[A-Za-z0-9._:[\]-]+\/?(?:,https?:\/\/[A-Za-z0-9._:[\]-]+\/?)*$/,
      'must be addresses such as http://worker:9464 with commas between them',
    )
    .refine((urls) => urls.split(',').length <= limits.workerUrlsMax, `at most ${limits.workerUrlsMax} workers`)
    .nullable(),
  /** Threads that compute; 0 computes without any. Null: one fewer than the machine has cores for a command, and none in a library. */
  workers: z
    .union([z.int(), z.string().regex(/^\d+$/).transform(Number)], { error: 'must be a whole number' })
    .pipe(z.int().min(0).max(limits.workersMax))
    .nullable(),
  /** Folder of answers that were computed before; null: beside the store, for what uses one by itself. */
  cache: z.string().min(1).nullable(),
  /** Days that the clock may go on at once beyond everything that is known of the time: further, nothing is recorded. */
  clockJumpLimitDays: z
    .union([z.int(), z.string().regex(/^\d+$/).transform(Number)], { error: 'must be a whole number of days' })
    .pipe(z.int().min(1).max(36_500)),
  ...providerSettings,
});
export type Settings = z.infer<typeof settingsSchema>;

type Name = keyof Settings;
export type SettingLayer = 'flag' | 'environment' | 'file' | 'system' | 'default';

const defaults: Settings = {
  store: 'ledger.sqlite',
  manifest: 'manifest.json',
  actor: 'unnamed',
  witness: null,
  witnessQuorum: null,
  key: null,
  origin: null,
  logLevel: 'warn',
  kafka: null,
  resultsTopic: 'sleeve-results.v1',
  allocationsTopic: 'allocations.v1',
  deadLettersTopic: 'sleeve-results.dlq.v1',
  backtestJobsTopic: 'backtest-jobs.v1',
  backtestResultsTopic: 'backtest-results.v1',
  group: 'sleeve-ledger',
  onPoison: 'hold',
  http: null,
  httpHosts: null,
  workerUrls: null,
  workers: null,
  cache: null,
  clockJumpLimitDays: limits.clockJumpDaysMax,
  ...providerDefaults,
};

export const environmentNames: Readonly<Record<Name, string>> = {
  store: 'SLEEVE_LEDGER_STORE',
  manifest: 'SLEEVE_LEDGER_MANIFEST',
  actor: 'SLEEVE_LEDGER_ACTOR',
  witness: 'SLEEVE_LEDGER_WITNESS',
  witnessQuorum: 'SLEEVE_LEDGER_WITNESS_QUORUM',
  key: 'SLEEVE_LEDGER_KEY',
  origin: 'SLEEVE_LEDGER_ORIGIN',
  logLevel: 'SLEEVE_LEDGER_LOG_LEVEL',
  kafka: 'SLEEVE_LEDGER_KAFKA',
  resultsTopic: 'SLEEVE_LEDGER_RESULTS_TOPIC',
  allocationsTopic: 'SLEEVE_LEDGER_ALLOCATIONS_TOPIC',
  deadLettersTopic: 'SLEEVE_LEDGER_DEAD_LETTERS_TOPIC',
  backtestJobsTopic: 'SLEEVE_LEDGER_BACKTEST_JOBS_TOPIC',
  backtestResultsTopic: 'SLEEVE_LEDGER_BACKTEST_RESULTS_TOPIC',
  group: 'SLEEVE_LEDGER_GROUP',
  onPoison: 'SLEEVE_LEDGER_ON_POISON',
  http: 'SLEEVE_LEDGER_HTTP',
  httpHosts: 'SLEEVE_LEDGER_HTTP_HOSTS',
  workerUrls: 'SLEEVE_LEDGER_WORKER_URLS',
  workers: 'SLEEVE_LEDGER_WORKERS',
  cache: 'SLEEVE_LEDGER_CACHE',
  clockJumpLimitDays: 'SLEEVE_LEDGER_CLOCK_JUMP_LIMIT_DAYS',
  oidcIssuer: 'SLEEVE_LEDGER_OIDC_ISSUER',
  oidcAudience: 'SLEEVE_LEDGER_OIDC_AUDIENCE',
  oidcNameClaim: 'SLEEVE_LEDGER_OIDC_NAME_CLAIM',
  oidcRolesClaim: 'SLEEVE_LEDGER_OIDC_ROLES_CLAIM',
  oidcRoles: 'SLEEVE_LEDGER_OIDC_ROLES',
};

export interface ResolvedSettings {
  readonly settings: Settings;
  readonly from: Readonly<Record<Name, SettingLayer>>;
}

/**
 * Flags over environment over file over defaults; the actor is the system's user before it is nobody. Errors: ConfigInvalid naming the
 * setting and its layer.
 */
export function resolveSettings(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  file: { readonly name: string; readonly content: unknown } | null,
  user?: string,
): ResolvedSettings {
  const content = file?.content ?? {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw new LedgerError('ConfigInvalid', 'the settings file holds no object', { at: { file: file!.name } });
  const fromFile = content as Record<string, unknown>;
  for (const key of Object.keys(fromFile)) {
    if (!Object.hasOwn(defaults, key))
      throw new LedgerError('ConfigInvalid', `there is no setting ${key}${suggestion(key, Object.keys(defaults))}`, {
        at: { file: file!.name, path: key },
      });
  }
  const chosen: Record<string, unknown> = {};
  const from: Record<string, SettingLayer> = {};
  for (const name of Object.keys(defaults) as Name[]) {
    const layers: [SettingLayer, unknown][] = [
      ['flag', flags[name]],
      ['environment', environment[environmentNames[name]]],
      ['file', fromFile[name]],
      ['system', name === 'actor' ? user : undefined],
      ['default', defaults[name]],
    ];
    const [layer, value] = layers.find(([, candidate]) => candidate !== undefined && candidate !== '')!;
    chosen[name] = value;
    from[name] = layer;
  }
  const parsed = settingsSchema.safeParse(chosen);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const name = String(issue.path[0]);
    throw new LedgerError('ConfigInvalid', `${name} (from ${from[name]}): ${issue.message}`, {
      at: { path: name, ...(from[name] === 'file' && file !== null ? { file: file.name } : {}) },
    });
  }
  assertTopicsDiffer(parsed.data, from);
  return { settings: parsed.data, from: from as Record<Name, SettingLayer> };
}

const topicNames = ['resultsTopic', 'allocationsTopic', 'deadLettersTopic', 'backtestJobsTopic', 'backtestResultsTopic'] as const;

/** What is sent to one topic would be read as the message of another, and a letter refused again for ever. Errors: ConfigInvalid. */
function assertTopicsDiffer(settings: Settings, from: Readonly<Record<string, SettingLayer>>): void {
  // Kafka counts a dot and an underscore as one character in the names of its metrics, and refuses topics that differ by them alone.
  const plain = (name: (typeof topicNames)[number]): string => settings[name].replaceAll('.', '_');
  for (const [at, name] of topicNames.entries()) {
    const same = topicNames.slice(0, at).find((other) => plain(other) === plain(name));
    if (same !== undefined)
      throw new LedgerError(
        'ConfigInvalid',
        `${same} (from ${from[same]}) and ${name} (from ${from[name]}) are the topic ${settings[name]}: each needs one of its own`,
        { at: { path: name } },
      );
  }
}

/** Whether a store is a server, named by a connection string, rather than a file. */
export function isServer(store: string): boolean {
  // One with a slash too few is no file either: it would be told as it stands, with its password.
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:esdb|esdb\+discover|kafka):)/.test(store);
}

/** A connection string that can be one; others name no hosts, for what looks like them may be half a password. */
const host = String.raw`(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?`;
const connection = new RegExp(String.raw`^[a-z][a-z0-9+.-]*://(?:[^:@/?]+(?::[^@/?]*)?@)?(${host}(?:,${host})*)/?(?:\?.*)?$`);

/** Beginning of the names of files that belong to a store: beside its file, or in the working folder for a server. */
export function besideStore(store: string): string {
  if (!isServer(store)) return store;
  const hosts = connection.exec(store)?.[1] ?? '';
  // Two ledgers of one server have files of their own.
  const ledger = /[?&]ledger=([^&]*)/.exec(store)?.[1];
  const names = ledger === undefined ? hosts : `${hosts}-${ledger}`;
  return `${store.slice(0, store.indexOf(':'))}-${names.replaceAll(/[^A-Za-z0-9._]+/g, '-')}`;
}

/** Keys of sealed letters: beside the store and never inside it, so that no copy or backup of it has them. */
export function letterKeyFileOf(store: string): string {
  return `${besideStore(store)}.letter-keys`;
}

/** When tokens were last used: beside the store, or beside the read models that a node was told to keep of a server. */
export function tokenUseFileOf(store: string): string {
  const readModels = isServer(store) ? /[?&]readModels=([^&]+)/.exec(store)?.[1] : undefined;
  try {
    if (readModels !== undefined) return `${decodeURIComponent(readModels)}.token-uses`;
  } catch {
    // Whoever opens the store says what is wrong with its location.
  }
  return `${besideStore(store)}.token-uses`;
}

/** Where answers are kept that were computed before. */
export function cacheFolder({ cache, store }: Pick<Settings, 'cache' | 'store'>): string {
  return cache ?? `${besideStore(store)}.cache`;
}

/** A setting or location as it may be shown: a connection string without its credentials. */
export function redacted(text: string): string {
  return withoutCredentials(text, '***');
}

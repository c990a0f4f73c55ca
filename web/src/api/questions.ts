import type * as Answers from './answers.ts';

/** Whether a question is asked again when the ledger says that something happened; left out: at once. */
export type Again = 'never' | 'seldom';

/** A question by its address, and by the command line that answers the same. */
export interface Question<Result> {
  readonly path: string;
  readonly command: readonly string[];
  /** When there is news: `never` where what is recorded cannot be answered otherwise, `seldom` where the answer is long or takes long. */
  readonly again?: Again;
  /** A portfolio: its own news has this asked at once, and `again` is for all other news. */
  readonly about?: string;
  /** Its answer stands by itself: a file. */
  readonly isBare?: true;
  /** Which result belongs to it, for the compiler alone. */
  readonly result?: Result;
}

/** The time as of which the page is looked at. */
export interface Time {
  readonly asOf: string | null;
  readonly knownAt: string | null;
}

type Given = string | number | boolean | readonly string[] | null | undefined;

interface Asked {
  readonly verb: readonly string[];
  /** Behind the verb, without a flag. */
  readonly args?: readonly string[];
  /** Flags that stand in the path. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Given>>;
}

function isGiven(value: Given): value is string | number | true | readonly string[] {
  return value !== undefined && value !== null && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function question<Result>(path: string, { verb, args = [], flags = {}, query = {} }: Asked): Question<Result> {
  const search = new URLSearchParams();
  const words = [...verb, ...args, ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])];
  for (const [name, value] of Object.entries(query)) {
    if (!isGiven(value)) continue;
    const texts = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
    for (const text of texts) search.append(name, text);
    words.push(`--${name}`, ...(value === true ? [] : texts));
  }
  const behind = search.toString();
  return { path: behind === '' ? path : `${path}?${behind}`, command: words };
}

/** The same, for where an answer of a few seconds ago is good enough. */
export const seldom = <Result>(asked: Question<Result>): Question<Result> => ({ ...asked, again: 'seldom' });

/** What nothing changes but the news of one portfolio. */
const ofPortfolio = <Result>(meta: string, asked: Question<Result>): Question<Result> => ({ ...asked, about: meta, again: 'never' });

const publicationsOnPage = 60;
const part = encodeURIComponent;
const timeOf = ({ asOf, knownAt }: Time): Record<string, Given> => ({ 'as-of': asOf, 'known-at': knownAt });

export const status = (time: Time): Question<Answers.Status> =>
  question('/v1/status', { verb: ['status'], query: { 'known-at': time.knownAt } });

/** One portfolio with its sleeves: results that it waits for are not its own news. */
export const standing = (meta: string, time: Time): Question<Answers.Status> => ({
  ...seldom(question<Answers.Status>('/v1/status', { verb: ['status'], query: { meta, 'known-at': time.knownAt } })),
  about: meta,
});

export const workers = (): Question<Answers.Workers> => question('/v1/workers', { verb: ['workers'] });

export const weights = (
  meta: string,
  { risk, published, run = null }: { readonly risk: string | null; readonly published: boolean; readonly run?: string | null },
  time: Time,
): Question<Answers.Weights> =>
  ofPortfolio(
    meta,
    question(`/v1/portfolios/${part(meta)}/weights`, {
      verb: ['weights'],
      flags: { meta },
      query: { risk, published, run, ...timeOf(time) },
    }),
  );

export const drift = (meta: string, time: Time): Question<Answers.Drift> =>
  seldom(question(`/v1/portfolios/${part(meta)}/drift`, { verb: ['drift'], flags: { meta }, query: timeOf(time) }));

export const explanation = (
  meta: string,
  symbol: string,
  { risk, run = null }: { readonly risk: string | null; readonly run?: string | null },
  time: Time,
): Question<Answers.Explanation> =>
  ofPortfolio(
    meta,
    question(`/v1/portfolios/${part(meta)}/assets/${part(symbol)}/explanation`, {
      verb: ['explain'],
      args: [symbol],
      flags: { meta },
      query: { risk, run, ...timeOf(time) },
    }),
  );

/** A page of them, the newest first; `after`: the page behind this number. */
export const publications = (meta: string, after: string | null, time: Time): Question<Answers.Publications> =>
  ofPortfolio(
    meta,
    question(`/v1/portfolios/${part(meta)}/publications`, {
      verb: ['publications'],
      flags: { meta },
      query: { 'newest-first': true, after, limit: publicationsOnPage, ...timeOf(time) },
    }),
  );

export const parity = (meta: string, time: Time): Question<Answers.Parity> =>
  seldom(question(`/v1/portfolios/${part(meta)}/parity`, { verb: ['parity', 'check'], flags: { meta }, query: timeOf(time) }));

export const runChanges = (before: string, after: string, risk: string | null = null): Question<Answers.Comparison> => ({
  ...question<Answers.Comparison>(`/v1/runs/${part(before)}/changes/${part(after)}`, {
    verb: ['diff'],
    args: [before, after],
    query: { risk },
  }),
  again: 'never',
});

export const runs = (
  { name = null, kind = null }: { readonly name?: string | null; readonly kind?: string | null },
  time: Time,
): Question<Answers.Runs> => question('/v1/runs', { verb: ['runs'], query: { name, kind, ...timeOf(time) } });

/** The runs that allocated a portfolio. */
export const runsOf = (meta: string, time: Time): Question<Answers.Runs> => ofPortfolio(meta, runs({ name: meta, kind: 'meta' }, time));

/** Every run, newest first, for when each was recorded. */
export const everyRun = (): Question<Answers.Runs> => seldom(runs({}, { asOf: null, knownAt: null }));

export const timeline = (run: string, time: Time): Question<Answers.Timeline> =>
  question(`/v1/runs/${part(run)}/timeline`, { verb: ['timeline'], args: [run], query: timeOf(time) });

export const reportOf = (run: string, time: Time): Question<Answers.ReportDocument> => ({
  ...question<Answers.ReportDocument>(`/v1/runs/${part(run)}/report`, {
    verb: ['report'],
    args: [run],
    query: { 'all-holdings': true, ...timeOf(time) },
  }),
  command: ['report', run, '-o', 'reports'],
  isBare: true,
  again: 'seldom',
});

export interface EventsWanted {
  readonly stream?: string | null;
  readonly types?: readonly string[];
  readonly since?: string | null;
  readonly text?: string | null;
  readonly after?: string | null;
  readonly limit?: number;
  readonly knownAt?: string | null;
}

export const events = ({ knownAt = null, ...wanted }: EventsWanted): Question<Answers.Events> =>
  question('/v1/events', { verb: ['ledger', 'events'], query: { ...wanted, 'known-at': knownAt } });

export const oneEvent = (event: string): Question<Answers.LedgerEvent> => ({
  ...question<Answers.LedgerEvent>(`/v1/events/${part(event)}`, { verb: ['ledger', 'events'], args: [event] }),
  again: 'never',
});

export const proof = (event: string): Question<Answers.Proof> =>
  question(`/v1/events/${part(event)}/proof`, { verb: ['ledger', 'prove'], args: [event] });

export const verification = (): Question<Answers.Verification> => question('/v1/ledger/verification', { verb: ['ledger', 'verify'] });

export const deadLetters = (
  { all = false, after = null, limit }: { readonly all?: boolean; readonly after?: string | null; readonly limit?: number },
  time: Time,
): Question<Answers.DeadLetters> =>
  question('/v1/dead-letters', { verb: ['dlq', 'list'], query: { all, after, limit, 'known-at': time.knownAt } });

export const selectionFunnel = (run: string, window: string | null): Question<Answers.SelectionFunnel> =>
  question(`/v1/selections/${part(run)}/funnel`, { verb: ['select', 'funnel'], args: [run], query: { window } });

export const selectionBattles = (run: string, window: string | null): Question<Answers.SelectionBattles> =>
  question(`/v1/selections/${part(run)}/battles`, { verb: ['select', 'battles'], args: [run], query: { window } });

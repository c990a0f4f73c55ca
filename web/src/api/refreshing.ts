type Meta = Readonly<Record<string, unknown>> | undefined;

/** A question as it stands in the cache of answers, with those who look at it. */
interface Asked {
  readonly queryKey: readonly unknown[];
  readonly meta: Meta;
  readonly observers: readonly { readonly options: { readonly meta?: Meta } }[];
  readonly state: { readonly fetchStatus: string };
}

/** What it takes of a query client. */
export interface Answers {
  getQueryCache(): { findAll(of: { queryKey: readonly unknown[] }): readonly Asked[] };
  invalidateQueries(of: { queryKey: readonly unknown[]; exact: boolean }, how: { cancelRefetch: boolean }): Promise<void>;
}

/** Times as `performance.now()` tells. */
interface Pace {
  /** When it is asked next; infinite while nothing is new. */
  dueAt: number;
  begunAt: number;
  /** Until then it rests. */
  restsUntil: number;
  isBusy: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const paces = new WeakMap<Asked, Pace>();

/** Between two answers to one question, the ledger rests for as long as it took over the last, within these bounds. */
const restMsMin = 25;
const restMsMax = 1_000;
/** From one time to the next, where a question is asked seldom. */
const seldomMs = 5_000;
/** It lets those go first that are asked at once. */
const seldomBehindMs = 100;

function paceOf(query: Asked): Pace {
  const known = paces.get(query) ?? { dueAt: Infinity, begunAt: -Infinity, restsUntil: -Infinity, isBusy: false, timer: undefined };
  paces.set(query, known);
  return known;
}

function askWhenDue(client: Answers, query: Asked, pace: Pace): void {
  clearTimeout(pace.timer);
  if (pace.isBusy || pace.dueAt === Infinity) return;
  const early = pace.dueAt - performance.now();
  if (early <= 0) void askAgain(client, query, pace);
  else pace.timer = setTimeout(() => void askAgain(client, query, pace), early);
}

async function askAgain(client: Answers, query: Asked, pace: Pace): Promise<void> {
  const begun = performance.now();
  // An answer that was begun before the news may not know of it.
  const isStale = query.state.fetchStatus === 'fetching';
  Object.assign(pace, { dueAt: isStale ? begun : Infinity, begunAt: begun, isBusy: true });
  try {
    await client.invalidateQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false });
  } finally {
    const ended = performance.now();
    const restsUntil = ended + Math.min(Math.max(ended - begun, restMsMin), restMsMax);
    Object.assign(pace, { restsUntil, dueAt: Math.max(pace.dueAt, restsUntil), isBusy: false });
    askWhenDue(client, query, pace);
  }
}

type When = 'at once' | 'seldom' | 'never';

/** `portfolios` as for `refresh`. */
function whenFor({ about, again }: NonNullable<Meta>, portfolios: readonly (string | null)[] | undefined): When {
  if (typeof about === 'string' && (portfolios === undefined || portfolios.includes(about))) return 'at once';
  return again === 'seldom' || again === 'never' ? again : 'at once';
}

/** As soon as the most eager wants of those who look at it; one that nobody looks at is not asked, and no longer holds. */
function whenOf({ meta, observers }: Asked, portfolios: readonly (string | null)[] | undefined): When {
  const metas = observers.length === 0 ? [meta] : observers.map(({ options }) => options.meta);
  const wanted = metas.map((one = {}) => whenFor(one, portfolios));
  return (['at once', 'seldom'] as const).find((when) => wanted.includes(when)) ?? 'never';
}

/**
 * Answers of the ledger are no longer known to be true; what the session is has not changed. Each question is asked again by itself, and
 * one that is being answered is asked once more afterwards: where news comes faster than answers, an answer that was begun is still shown.
 * What is asked seldom may show what was true a few seconds ago. `portfolios`: those that there is news of, null for what is about none;
 * left out where it is not known what there is news of.
 */
export function refresh(client: Answers, portfolios?: readonly (string | null)[]): void {
  for (const query of client.getQueryCache().findAll({ queryKey: ['answer'] })) {
    const when = whenOf(query, portfolios);
    if (when === 'never') continue;
    const pace = paceOf(query);
    const now = performance.now();
    const earliest = when === 'seldom' ? Math.max(pace.begunAt + seldomMs, now + seldomBehindMs) : now;
    pace.dueAt = Math.min(pace.dueAt, Math.max(pace.restsUntil, earliest));
    askWhenDue(client, query, pace);
  }
}

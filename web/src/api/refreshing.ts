/** A question as it stands in the cache of answers. */
interface Asked {
  readonly queryKey: readonly unknown[];
  readonly queryHash: string;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  readonly state: { readonly fetchStatus: string };
}

/** What it takes of a query client. */
export interface Answers {
  getQueryCache(): { findAll(of: { queryKey: readonly unknown[] }): readonly Asked[] };
  invalidateQueries(of: { queryKey: readonly unknown[]; exact: boolean }, how: { cancelRefetch: boolean }): Promise<void>;
}

/** What is asked again at present, by its question, and whether there was news meanwhile. */
const asking = new Map<string, { again: boolean }>();

/** Between two answers to one question, the ledger rests for as long as it took over the last, within these bounds. */
const restMsMin = 25;
const restMsMax = 1_000;
/** Before a question is asked again that is asked seldom. */
const seldomMs = 5_000;

const rest = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

async function askUntilQuiet(client: Answers, query: Asked): Promise<void> {
  const { queryHash, queryKey, meta } = query;
  const known = asking.get(queryHash);
  if (known !== undefined) {
    known.again = true;
    return;
  }
  const news = { again: true };
  asking.set(queryHash, news);
  try {
    while (news.again) {
      const begun = performance.now();
      // An answer that was begun before the news may not know of it.
      news.again = query.state.fetchStatus === 'fetching';
      await client.invalidateQueries({ queryKey, exact: true }, { cancelRefetch: false });
      await rest(meta?.['again'] === 'seldom' ? seldomMs : Math.min(Math.max(performance.now() - begun, restMsMin), restMsMax));
    }
  } finally {
    asking.delete(queryHash);
  }
}

/**
 * Answers of the ledger are no longer known to be true; what the session is has not changed. Each question is asked again by itself, and
 * one that is being answered is asked once more afterwards: where news comes faster than answers, an answer that was begun is still shown.
 * What is asked seldom may show what was true a few seconds ago. `portfolios`: those that there is news of, null for what is about none;
 * left out where it is not known what there is news of.
 */
export function refresh(client: Answers, portfolios?: readonly (string | null)[]): void {
  for (const query of client.getQueryCache().findAll({ queryKey: ['answer'] })) {
    const { again, about } = query.meta ?? {};
    if (again === 'never' || (portfolios !== undefined && typeof about === 'string' && !portfolios.includes(about))) continue;
    void askUntilQuiet(client, query);
  }
}

import { useQuery } from '@tanstack/preact-query';
import { type Answer, ask, askBare, Refusal } from './ask.ts';
import type { Question } from './questions.ts';

export interface Asked<Result> {
  readonly answer: Answer<Result> | null;
  readonly refusal: Refusal | null;
  /** Nothing is known yet. */
  readonly isPending: boolean;
  readonly again: () => void;
}

export function answerTo<Result>({ path, isBare }: Question<Result>, signal: AbortSignal): Promise<Answer<Result>> {
  return isBare === true ? askBare<Result>(path, { signal }) : ask<Result>(path, { signal });
}

/** The answer to a question, asked again when the ledger says that something happened. Null asks nothing. */
export function useAnswer<Result>(question: Question<Result> | null): Asked<Result> {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['answer', question?.path ?? 'nothing'],
    queryFn: ({ signal }) => answerTo(question!, signal),
    enabled: question !== null,
    meta: { again: question?.again, about: question?.about },
  });
  const refusal = error instanceof Refusal ? error : null;
  return {
    answer: data ?? null,
    refusal: data === undefined ? refusal : null,
    isPending: question !== null && isPending && error === null,
    again: () => void refetch(),
  };
}

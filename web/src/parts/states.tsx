import type { ComponentChildren } from 'preact';
import { commandLine } from '../api/command-line.ts';
import type { Answer, Refusal } from '../api/ask.ts';
import { type Question } from '../api/questions.ts';
import { type Asked, useAnswer } from '../api/use-answer.ts';
import { useHref } from '../state/place.ts';
import { CopyButton } from './copy.tsx';

export function Skeleton({ label }: { readonly label: string }) {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading: {label}</span>
      <span class="bone" />
      <span class="bone" />
      <span class="bone" />
    </div>
  );
}

export function Refused({
  refusal,
  again,
  command,
}: {
  readonly refusal: Refusal;
  readonly again: () => void;
  readonly command?: readonly string[];
}) {
  const href = useHref();
  const { title, detail, advice, status } = refusal.problem;
  const isStranger = status === 401;
  const lacksRole = status === 403;
  const isUnoffered = title === 'RouteUnknown';
  return (
    <div class="refused" role="alert">
      <p class="refused-title">
        {isUnoffered ? 'This server does not answer this yet' : `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}.`}
      </p>
      <p>{isUnoffered ? 'The command line does, on the machine of the ledger.' : advice}</p>
      <div class="tools">
        {(isStranger || lacksRole) && (
          <a class="button" href={href('/sign-in')}>
            Sign in
          </a>
        )}
        <button type="button" onClick={again}>
          Try again
        </button>
        {command !== undefined && <CopyButton label="Copy command" text={() => commandLine(command)} />}
        <span class="muted">
          {title}, {status}
        </span>
      </div>
    </div>
  );
}

/** What is shown of an answer: a skeleton before it, and what to do where there is none. */
export function Shown<Result>({
  asked,
  label,
  command,
  children,
}: {
  readonly asked: Asked<Result>;
  readonly label: string;
  readonly command?: readonly string[];
  readonly children: (result: Result, answer: Answer<Result>) => ComponentChildren;
}) {
  const { answer, refusal, isPending, again } = asked;
  if (refusal !== null) return <Refused refusal={refusal} again={again} {...(command === undefined ? {} : { command })} />;
  if (isPending || answer === null) return <Skeleton label={label} />;
  return (
    <>
      {answer.warnings.map((warning) => (
        <p key={warning} class="warn">
          {warning}
        </p>
      ))}
      {children(answer.result, answer)}
    </>
  );
}

/** Asks, and shows what is answered. */
export function Answered<Result>({
  question,
  label,
  children,
}: {
  readonly question: Question<Result>;
  readonly label: string;
  readonly children: (result: Result, answer: Answer<Result>) => ComponentChildren;
}) {
  return (
    <Shown asked={useAnswer(question)} label={label} command={question.command}>
      {children}
    </Shown>
  );
}

/** Weights and their explanations, asked for at a steady pace while results are taken in: how long an answer takes. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AskedFigures, Asking } from './questions-apart.ts';
import { figuresOf, resultsPerSecond, type Round, ServedDesk, type WorkerFigures } from './served-desk.ts';

const askedPerSecond = 500;
/** `QUESTIONS_SECONDS`: a shorter round, for a look at it. */
const seconds = Number(process.env['QUESTIONS_SECONDS'] ?? 30);

export interface QuestionFigures {
  readonly askedPerSecond: number;
  readonly resultsPerSecond: number;
  readonly seconds: number;
  /** Nothing else happens. */
  readonly alone: AskedFigures;
  /** Results are taken in meanwhile. */
  readonly beside: AskedFigures;
  readonly worker: WorkerFigures;
  /** A server that answers every question with the same text: what the machine allows. Left out by earlier builds. */
  readonly bare?: { readonly alone: AskedFigures; readonly beside: AskedFigures; readonly characters: number };
}

/** What goes on meanwhile has gone on for so long before that counts: the first results behind a pause have code compiled anew. */
const settledSeconds = 8;

/** Asks in a process of its own, which is warm before `meanwhile` begins. */
async function asked(asking: Asking, meanwhile: () => Promise<Round | null> = async () => null): Promise<[AskedFigures, Round | null]> {
  const child = fork(join(import.meta.dirname, 'questions-apart.ts'), [JSON.stringify(asking)], { execArgv: ['--import', 'tsx'] });
  await once(child, 'message');
  const answer = once(child, 'message') as Promise<[AskedFigures]>;
  child.send('begin');
  const [[figures], round] = await Promise.all([answer, meanwhile()]);
  return [figures, round];
}

const resultsPerRound = resultsPerSecond * (seconds + settledSeconds);

/** What is asked of each portfolio: its weights, and why one of its assets has its weight. */
async function pathsOf(url: string, portfolios: readonly string[]): Promise<Asking['paths']> {
  const explanations: string[] = [];
  for (const portfolio of portfolios) {
    const answer = await fetch(`${url}/v1/portfolios/${portfolio}/weights`);
    const { result } = (await answer.json()) as { readonly result: { readonly assets: readonly { readonly symbol: string }[] } };
    explanations.push(`/v1/portfolios/${portfolio}/assets/${result.assets[0]!.symbol}/explanation`);
  }
  return { weights: portfolios.map((portfolio) => `/v1/portfolios/${portfolio}/weights`), explanations };
}

/** The same questions, to a server in a process of its own that looks nothing up. */
async function bareAsked(desk: ServedDesk, asking: Asking): Promise<NonNullable<QuestionFigures['bare']>> {
  const answer = await fetch(asking.url + asking.paths.weights[0]!);
  const characters = (await answer.text()).length;
  const server = fork(join(import.meta.dirname, 'bare-apart.ts'), [String(characters)], { execArgv: ['--import', 'tsx'] });
  const [url] = (await once(server, 'message')) as [string];
  const bare = { ...asking, url };
  const [alone] = await asked(bare);
  const results = desk.nextResults(resultsPerRound);
  const [beside] = await asked(bare, () => desk.round(results));
  server.disconnect();
  return { alone, beside, characters };
}

export async function measureQuestions(scratch: string): Promise<QuestionFigures> {
  const desk = await ServedDesk.start(join(scratch, 'questions.sqlite'), 2 * resultsPerRound);
  const asking = { url: desk.url, paths: await pathsOf(desk.url, desk.portfolios), askedPerSecond, settledSeconds, seconds: seconds - 1 };
  const [alone] = await asked(asking);
  const results = desk.nextResults(resultsPerRound);
  const [beside, round] = await asked(asking, () => desk.round(results));
  const bare = await bareAsked(desk, asking);
  await desk.end();
  return { askedPerSecond, resultsPerSecond, seconds: asking.seconds, alone, beside, worker: figuresOf([round!]), bare };
}

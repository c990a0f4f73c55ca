/** Weights and their explanations, asked for at a steady pace while results are taken in: how long an answer takes. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AskedFigures, Asking } from './questions-apart.ts';
import { figuresOf, resultsPerSecond, ServedDesk, type WorkerFigures } from './served-desk.ts';

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

/** Asks in a process of its own. */
async function asked(asking: Asking): Promise<AskedFigures> {
  const child = fork(join(import.meta.dirname, 'questions-apart.ts'), [JSON.stringify(asking)], { execArgv: ['--import', 'tsx'] });
  const [figures] = (await once(child, 'message')) as [AskedFigures];
  return figures;
}

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
  await asked({ ...bare, seconds: 5 });
  const alone = await asked(bare);
  const [beside] = await Promise.all([asked(bare), desk.round(resultsPerSecond * seconds)]);
  server.disconnect();
  return { alone, beside, characters };
}

export async function measureQuestions(scratch: string): Promise<QuestionFigures> {
  const desk = await ServedDesk.start(join(scratch, 'questions.sqlite'), 2 * resultsPerSecond * seconds);
  const asking = { url: desk.url, paths: await pathsOf(desk.url, desk.portfolios), askedPerSecond, seconds: seconds - 1 };
  // Compiled code and caches are warm before the clock starts, as in a server that has run for a minute.
  await asked({ ...asking, seconds: 5 });
  const alone = await asked(asking);
  const [beside, round] = await Promise.all([asked(asking), desk.round(resultsPerSecond * seconds)]);
  const bare = await bareAsked(desk, asking);
  await desk.end();
  return { askedPerSecond, resultsPerSecond, seconds: asking.seconds, alone, beside, worker: figuresOf([round]), bare };
}

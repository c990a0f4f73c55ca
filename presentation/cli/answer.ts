import { LedgerError } from '../../domain/shared/errors.ts';
import { visible, visibleJson, visibleLines } from '../../domain/shared/visible-text.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { inColour, isColoured } from './colour.ts';
import { wrapped } from './layout.ts';
import { type Manner, mannerOf, printed } from './print.ts';
import type { Outcome, Verb } from './verb.ts';
import type { World } from './world.ts';

/** How the answers of one command line are given. */
export interface Answering {
  readonly json: boolean;
  readonly debug: boolean;
  readonly manner: Manner;
  /** Colours of standard error, where warnings and refusals go. */
  readonly colouredErrors: boolean;
  /** What the verb answers: standard output, or standard error where `-o -` has taken the other. */
  readonly say: (text: string) => void;
}

export function answeringOf(world: World, common: Readonly<Record<string, unknown>>, outputTaken: boolean): Answering {
  const json = common['json'] === true;
  const { environment, terminal, isTerminal } = world;
  return {
    json,
    debug: common['debug'] === true,
    manner: mannerOf(environment, terminal, {
      wide: common['wide'] === true,
      all: common['all'] === true,
      coloured: !json && isColoured(environment, outputTaken ? isTerminal : terminal !== undefined),
    }),
    colouredErrors: !json && isColoured(environment, isTerminal),
    say: outputTaken ? world.stderr : world.stdout,
  };
}

function errorObject(error: LedgerError): object {
  return { code: error.code, message: error.message, advice: error.advice, at: error.at, evidence: error.evidence };
}

export function asLedgerError(error: unknown, signal: AbortSignal): LedgerError {
  if (error instanceof LedgerError) return error;
  if (signal.aborted) return new LedgerError('Interrupted', 'interrupted before it was done', { cause: error });
  const cause = error instanceof Error ? error : new Error(String(error));
  return new LedgerError('Internal', `unexpected: ${cause.message}`, { cause });
}

/** The code first, then where, then the advice. */
function tellError(world: World, error: LedgerError, { colouredErrors, manner }: Answering): void {
  const where = [error.at.file, error.at.line === undefined ? undefined : `line ${error.at.line}`, error.at.path].filter(
    (part) => part !== undefined && part !== '',
  );
  const [first = '', ...rest] = wrapped(`${error.code}: ${visible(error.message)}`, manner.columns, '  ');
  const said = [
    colouredErrors ? first.replace(error.code, (code) => inColour(code, 'bad')) : first,
    ...rest,
    ...(where.length === 0 ? [] : wrapped(`  at ${visible(where.join(', '))}`, manner.columns, '  ')),
    ...wrapped(`  ${error.advice}`, manner.columns, '  '),
  ];
  world.stderr(`${said.join('\n')}\n`);
}

/** What was refused: of which verb, on which ledger, after which warnings. */
interface Refused {
  readonly command: string;
  readonly ledgerId: string | null;
  readonly warnings: readonly string[];
}

export function reportError(world: World, error: LedgerError, refused: Refused, answering: Answering): number {
  if (answering.json) {
    const { command, ledgerId, warnings } = refused;
    const refusal = { ok: false, command, ledgerId, position: null, result: null, warnings, error: errorObject(error) };
    answering.say(`${visibleJson(JSON.stringify(refusal))}\n`);
  } else tellError(world, error, answering);
  if (answering.debug) world.stderr(`${visibleLines((error.cause instanceof Error ? error.cause.stack : error.stack) ?? '')}\n`);
  return error.exitStatus;
}

export function reportOutcome(world: World, verb: Verb, outcome: Outcome, session: Session | null, answering: Answering): number {
  const failure = outcome.failure ?? null;
  const warnings = outcome.warnings ?? [];
  const exit = failure === null ? 0 : failure.exitStatus;
  if (answering.json) {
    const answer = {
      ok: failure === null,
      command: verb.path.join(' '),
      ledgerId: outcome.ledgerId ?? session?.ledger.ledgerId ?? null,
      position: outcome.position ?? null,
      result: outcome.result,
      warnings,
      ...(failure === null ? {} : { error: errorObject(failure) }),
    };
    answering.say(`${visibleJson(JSON.stringify(answer))}\n`);
    return exit;
  }
  if (outcome.people.length > 0) answering.say(`${printed(outcome.people, answering.manner)}\n`);
  for (const warning of warnings) {
    const [first = '', ...rest] = wrapped(`warning: ${visible(warning)}`, answering.manner.columns, '  ');
    const head = answering.colouredErrors ? first.replace('warning', (word) => inColour(word, 'doubtful')) : first;
    world.stderr(`${[head, ...rest].join('\n')}\n`);
  }
  if (failure !== null) tellError(world, failure, answering);
  return exit;
}

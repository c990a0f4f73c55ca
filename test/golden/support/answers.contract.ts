import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readAnswers, type RecordedQuery } from './ledger-folder.ts';
import { comparable, comparableText, judgedAnew, refusedByTheLedger, statusSince } from './not-compared.ts';
import type { Answer } from './program.ts';
import { onDatabase, questionsOf, RecordedLedger } from './recorded-ledger.ts';

/**
 * Since rows keep their history an answer about the past names the position that was asked for; before, the last event that had changed a
 * row.
 */
const withoutPosition = (answer: Answer): Answer => ({ ...answer, position: null });

/** Lines of an export carried the store's positions; by now they do where they are asked for. */
const askedNow = (argv: readonly string[]): string[] => [...argv, ...(argv[0] === 'audit' && argv[1] === 'export' ? ['--positions'] : [])];

/** The ledger that a recording is of, by the answers that name it. */
const ledgerIdOf = (queries: readonly RecordedQuery[]): string => queries.find(({ answer }) => answer.ledgerId !== null)!.answer.ledgerId!;

/** Asks every recorded question of a kind, and expects the recorded answer and the recorded file. */
async function expectRecordedAnswers(
  ledger: RecordedLedger,
  question: string,
  asked: (query: RecordedQuery) => boolean = () => true,
): Promise<void> {
  const queries = readAnswers(question).filter(asked);
  expect(queries.length).toBeGreaterThan(0);
  const ledgerId = ledgerIdOf(queries);
  for (const { argv, exit: exitThen, answer: answerThen, file } of queries) {
    const { exit, answer } = statusSince(argv, exitThen, answerThen);
    const now = await ledger.run(askedNow(argv));
    const anew = judgedAnew.find(({ command }) => command === answer.command);
    if (anew !== undefined && now.answer.result?.['verdict'] === anew.verdict) {
      expect(now).toMatchObject({ exit: 1, answer: { result: { decision: 'rejected', counts: answer.result!['counts'] } } });
      continue;
    }
    const shown = (given: Answer): Answer => (argv.includes('--known-at') ? withoutPosition(comparable(given)) : comparable(given));
    expect({ argv, exit: now.exit, answer: shown(now.answer) }).toEqual({
      argv,
      exit,
      answer: shown(refusedByTheLedger(answer, ledgerId)),
    });
    if (file !== null)
      expect([argv, comparableText(readFileSync(`out/${file}`, 'utf8'))]).toEqual([
        argv,
        comparableText(readFileSync(`expected/files/${file}`, 'utf8')),
      ]);
  }
}

/** Questions that compute from events and artifacts, and cost most of the time: they are asked once. */
const askedOnce = ['replay', 'ledger-verify', 'counterfactual', 'diff', 'report'];

/** What was known at an earlier position is folded from the events, whatever the rows say. */
const readsRows = ({ argv }: RecordedQuery): boolean => !argv.includes('--known-at');

/** That every question is answered as it was at the end of the recording. */
export function answersContract(release: string): void {
  const questions = questionsOf(release);

  describe('with its read models as they were recorded', () => {
    const ledger = new RecordedLedger(release);

    test('has rows to read', () => {
      const rows = onDatabase((database) => database.prepare('SELECT count(*) FROM read_model_rows').pluck().get());
      expect(rows).toBeGreaterThan(100);
    });

    test.each(questions)('answers %s as it did', (question) => expectRecordedAnswers(ledger, question));
  });

  describe('with its read models thrown away', () => {
    const ledger = new RecordedLedger(release);
    beforeAll(() => {
      onDatabase((database) => database.exec('DELETE FROM read_model_rows; DELETE FROM read_model_checkpoints'));
    });

    test.each(questions.filter((question) => !askedOnce.includes(question)))('answers %s as it did', (question) =>
      expectRecordedAnswers(ledger, question, readsRows),
    );
  });
}

/** Values and refusals, each whole: code, sentence, evidence and place. The answers stand in test/golden/manifest/answers.json. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { answerOf } from '../../support/answers.ts';
import { questions } from './questions.ts';

const answers = JSON.parse(readFileSync(new URL('../../golden/manifest/answers.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, unknown>
>;

test.each(Object.keys(questions))('%s', (name) => {
  expect(answerOf(questions[name]!)).toEqual(answers[name]);
});

test('every answer has its question', () => {
  expect(Object.keys(answers)).toEqual(Object.keys(questions));
});

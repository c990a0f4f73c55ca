import { runKindWords } from '../../../domain/run/run-kind.ts';
import { runFacts } from '../../../handlers/queries/run-facts.ts';
import { namingFlags, runKindFlag, runQuestionAbout } from '../run-question.ts';
import { asOfFlag, heading, history, knownAtFlag, lines, type VerbCode } from '../verb.ts';

export const show: VerbCode = {
  flags: [...namingFlags, asOfFlag, knownAtFlag],
  examples: ['sleeve-ledger show latest --meta meta_production --json', 'sleeve-ledger show latest --kind backtest --meta meta_production'],
  writes: false,
  run: async (context, input) => {
    const question = runQuestionAbout(input.args[0]!, input);
    const { position, ...result } = await runFacts((await context.reading()).ports, question, runKindFlag(input.flags));
    const { run, facts } = result;
    const { runId, kind, name, asOf, status, grade, risks, failed, why } = run;
    return {
      result,
      position,
      people: [
        heading(`${runKindWords[kind]} ${runId}: ${status}`),
        lines(
          `Of ${name}${asOf === null ? '' : `, as of ${asOf}`}${grade === null ? '' : `, ${grade}`}.`,
          ...(risks.length === 0 ? [] : [`Profiles: ${risks.join(', ')}.`]),
          ...(failed.length === 0 ? [] : [`Failed: ${failed.join(', ')}.`]),
          ...(why === null ? [] : [why]),
        ),
        history(
          ['#', 'fact', 'recorded at', 'by'],
          facts.map(({ revision, type, recordedAt, actor }) => [String(revision), type, recordedAt, actor]),
        ),
        lines('What each fact says is in --json.'),
      ],
    };
  },
};

import { LedgerError } from '../../../domain/shared/errors.ts';
import { clearCache } from '../../../handlers/commands/clear-cache.ts';
import { cacheStatistics } from '../../../handlers/queries/cache-statistics.ts';
import { type CheckedAnswer, verifyCache } from '../../../handlers/queries/verify-cache.ts';
import { integerFlag, isSet, textFlag } from '../flags.ts';
import { cacheFlag, heading, lines, table, type VerbCode, workersFlag } from '../verb.ts';

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

export const cacheStats: VerbCode = {
  flags: [cacheFlag],
  examples: ['sleeve-ledger cache stats'],
  writes: false,
  run: async ({ tools }) => {
    const statistics = await cacheStatistics(tools);
    const { folder, answers, tables, bytes, bytesMax, jobs } = statistics;
    return {
      result: statistics,
      position: null,
      people: [
        heading(`${folder}: ${answers} answers on ${tables} tables of returns, ${megabytes(bytes)} of at most ${megabytes(bytesMax)}`),
        table(
          ['computation', 'answers', 'size'],
          jobs.map((kept) => [kept.job, String(kept.answers), megabytes(kept.bytes)]),
        ),
      ],
    };
  },
};

export const cacheClear: VerbCode = {
  flags: [cacheFlag],
  examples: ['sleeve-ledger cache clear'],
  writes: false,
  run: async ({ tools }) => {
    const cleared = await clearCache(tools);
    return {
      result: cleared,
      position: null,
      people: [lines(`${cleared.folder}: ${cleared.answers} answers removed, ${megabytes(cleared.bytes)} freed.`)],
    };
  },
};

const detailOf = (answer: CheckedAnswer): string => {
  if (answer.outcome === 'differs') return `differs at ${answer.path}`;
  return answer.outcome === 'same' ? '' : answer.why;
};

export const cacheVerify: VerbCode = {
  flags: [
    cacheFlag,
    { flags: '--sample <n>', summary: 'how many (default 10)' },
    { flags: '--every', summary: 'all of them' },
    { flags: '--seed <text>', summary: 'the same text picks the same answers (default: the time)' },
    workersFlag,
  ],
  examples: ['sleeve-ledger cache verify', 'sleeve-ledger cache verify --sample 50 --seed 2026-11-21'],
  writes: false,
  run: async ({ tools, signal }, { flags }) => {
    const sample = isSet(flags, 'every') ? Number.MAX_SAFE_INTEGER : integerFlag(flags, 'sample', 10);
    if (sample === 0) throw new LedgerError('Usage', '--sample 0: at least one answer is computed again', { at: { path: '--sample' } });
    const seed = textFlag(flags, 'seed') ?? tools.clock.now();
    const verification = await verifyCache(tools, { sample, seed, signal });
    const { folder, answers, checked } = verification;
    const wrong = checked.filter(({ outcome }) => outcome === 'differs' || outcome === 'damaged');
    const same = checked.filter(({ outcome }) => outcome === 'same').length;
    const passedOver = checked.length - same - wrong.length;
    return {
      result: verification,
      position: null,
      warnings: answers > 0 && same + wrong.length === 0 ? ['nothing was compared: the cache holds no answer of this build'] : [],
      failure:
        wrong.length === 0
          ? null
          : new LedgerError(
              'CacheDiffers',
              `${wrong.length} of ${checked.length} cached answers are not what is computed: ${wrong[0]!.key}`,
              {
                evidence: { answers: wrong.map(({ key }) => key) },
                ...(folder === null ? {} : { at: { file: folder } }),
              },
            ),
      people: [
        heading(`${folder}: ${same} of ${checked.length} computed again, the same to the bit (${passedOver} passed over, seed ${seed})`),
        table(
          ['answer', 'computation', 'outcome', ''],
          checked.map((answer) => [answer.key, answer.job, answer.outcome, detailOf(answer)]),
        ),
      ],
    };
  },
};

import { describe, expect, test } from '@jest/globals';
import { createLog, renderForTerminal } from '../../../infra/system/log.ts';
import { refusalOf } from '../../support/refusal.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** The levels whose lines are written where one is asked for. */
function heardAt(level: string): string[] {
  const written: { readonly level: number; readonly msg: string }[] = [];
  const log = createLog(level, false, { write: (text) => written.push(JSON.parse(text) as (typeof written)[number]) });
  for (const name of levels) log[name]({}, name);
  return written.map(({ level: number, msg }) => `${number} ${msg}`);
}

describe('the log', () => {
  test.each([
    ['debug', ['20 debug', '30 info', '40 warn', '50 error']],
    ['info', ['30 info', '40 warn', '50 error']],
    ['warn', ['40 warn', '50 error']],
    ['error', ['50 error']],
    ['silent', []],
  ])('at level %s writes that level and those above', (level, heard) => {
    expect(heardAt(level)).toEqual(heard);
  });

  test.each(['', 'loud', 'INFO'])('has no level "%s"', (level) => {
    const refusal = refusalOf(() => createLog(level, false));
    expect([refusal.code, refusal.message, refusal.evidence]).toEqual([
      'ConfigInvalid',
      `log level ${level} is none of debug, info, warn, error, silent`,
      { level },
    ]);
  });

  test('has no other members than what was said, and when', () => {
    const written: string[] = [];
    const log = createLog('info', false, { write: (text) => written.push(text) }, () => ({ trace: 't', of: 'ambient' }));
    log.info({ of: 'own', token: 'x' }, 'to esdb://ops:hunter2@host');
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0]!)).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      trace: 't',
      of: 'own',
      token: '[redacted]',
      msg: 'to esdb://ops:[redacted]@host',
    });
    expect(written[0]!.endsWith('}\n')).toBe(true);
  });

  test('asks for the work under way only where a line is written', () => {
    let asked = 0;
    const log = createLog('warn', false, { write: () => undefined }, () => ({ count: ++asked }));
    log.info({}, 'unsaid');
    expect(asked).toBe(0);
    log.warn({}, 'said');
    expect(asked).toBe(1);
  });

  test.each<[object, string]>([
    [{ level: 20, msg: 'm' }, 'debug m'],
    [{ level: 30, msg: 'm' }, 'info m'],
    [{ level: 40, msg: 'm' }, 'warn m'],
    [{ level: 50, msg: 'm' }, 'error m'],
    [{ level: 60, msg: 'm' }, '60 m'],
    [{ level: 30, msg: 'a\nb', 'na me\n': 1 }, 'info a\\u000ab na me\\u000a=1'],
    [{ level: 30, msg: 'm', a: 'w.o:r/d@+-_1', b: 'two words', c: '', d: { e: ['\u202e'] }, f: null, g: 'x"' }, ''],
  ])('shows %j to people in one line', (record, expected) => {
    const line = renderForTerminal(JSON.stringify({ time: '2026-01-02T03:04:05.678Z', ...record }));
    const fields = ' a=w.o:r/d@+-_1 b="two words" c="" d={"e":["\\u202e"]} f=null g="x\\""';
    expect(line).toBe(`03:04:05 ${expected === '' ? `info m${fields}` : expected}\n`);
  });
});

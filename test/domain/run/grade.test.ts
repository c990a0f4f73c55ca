import { describe, expect, test } from '@jest/globals';
import { type EligibilityInput, gradeRun } from '../../../domain/run/grade.ts';

type Profile = EligibilityInput['profiles'][number];
const native = (risk: Profile['risk']): Profile => ({ risk, status: 'native', hasWeights: true, rows: 440 });
const whole: EligibilityInput = {
  integrity: 'passed',
  profiles: [native('hrp'), native('min_variance')],
  signTest: { status: 'passed', detail: '3 pairs' },
  sourceChain: 'verified',
};

/** Grades (docs/explanation/publication.md#grades), case by case; `names` are the checks that the reasons must name. */
const cases: readonly [string, Partial<EligibilityInput>, 'CERTIFIED' | 'DEGRADED' | 'INELIGIBLE', readonly string[]][] = [
  ['everything native and passed', {}, 'CERTIFIED', []],
  [
    'checks that do not apply',
    { signTest: { status: 'not_applicable', detail: 'no shorts' }, sourceChain: 'not_applicable' },
    'CERTIFIED',
    [],
  ],
  [
    'a market without benchmark (docs/explanation/publication.md)',
    { profiles: [native('hrp'), { risk: 'market', status: 'absent', hasWeights: false, rows: 0 }] },
    'CERTIFIED',
    [],
  ],
  [
    'a market that failed',
    { profiles: [native('hrp'), { risk: 'market', status: 'failed', hasWeights: false, rows: 0 }] },
    'DEGRADED',
    ['profile_market'],
  ],
  ['unknown integrity', { integrity: 'unknown' }, 'DEGRADED', ['integrity']],
  ['an unknown sign test', { signTest: { status: 'unknown', detail: 'no file' } }, 'DEGRADED', ['sign_test']],
  ['no source chain', { sourceChain: 'absent' }, 'DEGRADED', ['source_chain']],
  ['a broken source chain', { sourceChain: 'broken' }, 'DEGRADED', ['source_chain']],
  ['a stand-in', { profiles: [native('hrp'), { ...native('barbell'), status: 'proxy' }] }, 'DEGRADED', ['profile_barbell']],
  [
    'an absent profile',
    { profiles: [native('hrp'), { risk: 'barbell', status: 'absent', hasWeights: false, rows: 0 }] },
    'DEGRADED',
    ['profile_barbell'],
  ],
  ['a profile without rows', { profiles: [native('hrp'), { ...native('barbell'), rows: 0 }] }, 'DEGRADED', ['profile_barbell']],
  [
    'a profile without weights',
    { profiles: [native('hrp'), { ...native('barbell'), hasWeights: false }] },
    'DEGRADED',
    ['profile_barbell'],
  ],
  [
    'a profile with a problem',
    { profiles: [native('hrp'), { ...native('barbell'), problems: ['weights sum to 0.9'] }] },
    'DEGRADED',
    ['profile_barbell'],
  ],
  ['hrp by proxy, whole otherwise', { profiles: [{ ...native('hrp'), status: 'proxy' }] }, 'DEGRADED', ['profile_hrp']],
  ['failed integrity', { integrity: 'failed' }, 'INELIGIBLE', ['integrity']],
  ['a failed sign test', { signTest: { status: 'failed', detail: 'sign error' } }, 'INELIGIBLE', ['sign_test']],
  ['no hrp at all', { profiles: [native('min_variance')] }, 'INELIGIBLE', ['profile_hrp']],
  ['hrp without returns', { profiles: [{ ...native('hrp'), rows: 0 }] }, 'INELIGIBLE', ['profile_hrp']],
  ['hrp without weights', { profiles: [{ ...native('hrp'), hasWeights: false }] }, 'INELIGIBLE', ['profile_hrp']],
  ['no profile and no integrity', { integrity: 'failed', profiles: [] }, 'INELIGIBLE', ['integrity', 'profile_hrp']],
];

const failed = (check: string) => ({ further: [{ check, status: 'failed' as const, detail: 'why' }] });

describe('eligibility of a run', () => {
  test.each(cases)('%s', (_, change, grade, names) => {
    const { grade: found, finding } = gradeRun({ ...whole, ...change });
    expect(found).toBe(grade);
    expect([...new Set(finding.reasons.map((reason) => reason.slice(0, reason.indexOf(':'))))].toSorted()).toEqual([...names].toSorted());
    expect(finding.policy).toEqual({ name: 'sleeve-run-eligibility', version: 1 });
  });

  test('every check leaves its evidence, a passed one too', () => {
    expect(gradeRun(whole).finding.evidence.map(({ check, status }) => `${check} ${status}`)).toEqual([
      'integrity passed',
      'sign_test passed',
      'source_chain passed',
      'profile_hrp passed',
      'profile_min_variance passed',
    ]);
  });

  test.each([
    ['verified', 'passed'],
    ['broken', 'failed'],
    ['absent', 'unknown'],
    ['not_applicable', 'not_applicable'],
  ] as const)('evidence says in words what was looked at, with a source chain that is %s', (sourceChain, status) => {
    const barbell: Profile = { risk: 'barbell', status: 'proxy', hasWeights: false, rows: 3, problems: ['one', 'two'] };
    const { grade, finding } = gradeRun({ ...whole, sourceChain, profiles: [native('hrp'), barbell] });
    const chain = { check: 'source_chain', status, detail: `audit chain of the source run: ${sourceChain}` };
    const detail = 'proxy, 3 out-of-sample rows, without weights, one, two';
    expect({ grade, finding }).toEqual({
      grade: 'DEGRADED',
      finding: {
        policy: { name: 'sleeve-run-eligibility', version: 1 },
        reasons: [...(status === 'failed' || status === 'unknown' ? [`source_chain: ${chain.detail}`] : []), `profile_barbell: ${detail}`],
        evidence: [
          { check: 'integrity', status: 'passed', detail: 'integrity audit passed' },
          { check: 'sign_test', status: 'passed', detail: '3 pairs' },
          chain,
          { check: 'profile_hrp', status: 'passed', detail: 'native, 440 out-of-sample rows, with weights' },
          { check: 'profile_barbell', status: 'failed', detail },
        ],
      },
    });
  });

  test('a failed selection leaves nothing to use, another failed check degrades; hrp is named where it lacks', () => {
    expect(gradeRun({ ...whole, ...failed('selection') })).toMatchObject({ grade: 'INELIGIBLE', finding: { reasons: ['selection: why'] } });
    expect(gradeRun({ ...whole, ...failed('other') })).toMatchObject({ grade: 'DEGRADED', finding: { reasons: ['other: why'] } });
    expect(gradeRun({ ...whole, profiles: [] }).finding.reasons).toEqual(['profile_hrp: no out-of-sample returns or no weights for hrp']);
  });

  test('nothing but complete evidence certifies: each single defect costs the certificate', () => {
    const defects = cases.filter(([, , grade]) => grade !== 'CERTIFIED');
    for (const [name, change] of defects) expect([name, gradeRun({ ...whole, ...change }).grade]).not.toEqual([name, 'CERTIFIED']);
  });
});

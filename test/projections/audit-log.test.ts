import { describe, expect, test } from '@jest/globals';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { everyFact } from '../support/portfolio-events.ts';

const envelopes = everyFact().stored.map(({ bytes }) => decodeEnvelope(bytes));

describe('the step of an event in audit.jsonl', () => {
  test('has a name of its own, in which the risk profile stands', () => {
    const named = envelopes.map((envelope) => [envelope.type, auditStep(envelope).step]);
    expect(named).toContainEqual(['AllocationPublished', 'meta_publish_hrp']);
    expect(named.filter(([type, step]) => type === step)).toEqual([]);
  });

  test('of a backtest says what it was taken under, as the audit log of the Python system does', () => {
    const contexts = envelopes
      .filter(({ stream }) => stream === 'backtest-t1')
      .map((envelope) => ({ step: auditStep(envelope).step, ...auditStep(envelope).context }));
    const settings = {
      run: 't1',
      portfolio: '',
      selection_mode: 'none',
      rebalance_mode: 'window',
      train_window: 60,
      test_window: 20,
      step_size: 20,
      engine: 'custom',
      simulator: 'custom',
      universe_source: 'whole_range',
    };
    const noWindow = { window_index: null, train_start: null, test_start: null, test_end: null };
    expect(contexts).toEqual([
      { ...settings, ...noWindow, step: 'backtest_simulate', profile: ['hrp'] },
      {
        ...settings,
        step: 'backtest_optimize',
        profile: 'hrp',
        window_index: 0,
        train_start: '2024-01-02',
        test_start: '2024-01-05',
        test_end: '2024-01-10',
      },
      { ...settings, ...noWindow, step: 'backtest_summary', profile: ['hrp', 'barbell'] },
    ]);
  });

  test('of a combination says what was asked, what was read and what came of it', () => {
    const { step, status, params, input_hashes, output_hashes } = auditStep(envelopes.find(({ stream }) => stream === 'combination-c2')!);
    expect({ step, status, params, input_hashes, output_hashes }).toEqual({
      step: 'positions_combine',
      status: 'error',
      params: {
        name: 'futures',
        asOf: null,
        constraints: { lower: -1, upper: 1, grossCap: 1, netCap: 1, turnoverCap: null },
        method: { projection: 'exact', noFlip: false, costAversion: 0 },
        correlationAware: 'none',
      },
      input_hashes: { inputs: 'd'.repeat(64) },
      output_hashes: { table: 'd'.repeat(64) },
    });
  });

  test('is the type itself where a newer build recorded it', () => {
    expect(auditStep({ ...envelopes[0]!, type: 'TokenMinted' }).step).toBe('TokenMinted');
  });
});

import { toBase64 } from '../../domain/audit/base64.ts';
import { allocationMessage } from '../../handlers/messages/allocation.ts';
import { backtestJobMessage } from '../../handlers/messages/backtest-job.ts';
import { backtestResultMessage } from '../../handlers/messages/backtest-result.ts';
import { writeCloudEvent } from '../../handlers/messages/cloud-event.ts';
import { deadLetterMessage } from '../../handlers/messages/dead-letter.ts';
import { sleeveResultType } from '../../handlers/messages/event-types.ts';
import type { SleeveResult } from '../../handlers/messages/sleeve-result.ts';
import type { MessageToSend } from '../../handlers/ports/ports.ts';

/** One message of each kind, as it goes over the wire: for the documentation, made by the code that makes the real ones. */

const ledgerId = '9b2f6c1e-4c7a-5d1e-8f3a-2a6b1c0d9e8f';
const time = '2025-07-17T21:05:00.000Z';
const runId = 'etfs-2025-07-17-0123456789abcdef';
const hash = 'c0ffee'.repeat(10) + 'abcd';

const result: SleeveResult = {
  sleeve: 'etfs',
  asOf: '2025-07-17',
  correction: 0,
  currency: 'USD',
  currencyTreatment: null,
  definition: {
    'backtest.train_window': 60,
    'backtest.test_window': 20,
    'backtest.step_size': 20,
    'backtest.rebalance_mode': 'window',
    'data.lookback_days': 500,
    'features.selection_mode': 'v4',
    'backtest.backtest_simulator': 'vectorbt',
    'backtest.backtest_slippage': 0.0005,
    'backtest.backtest_commission': 0.0001,
  },
  selectionMode: null,
  integrity: { status: 'passed', detail: '0 errors, 2 warnings' },
  signTest: { status: 'not_applicable', detail: 'no synthetic short streams' },
  origin: { system: 'desk-eu', runId: '20250717-210000', ledgerId: null, runHash: null, eligibility: null },
  profiles: [
    {
      risk: 'hrp',
      weights: [
        { symbol: 'AMEX:SPY', weight: 0.55 },
        { symbol: 'AMEX:GLD', weight: 0.45 },
      ],
      returns: { dates: ['2025-07-15', '2025-07-16', '2025-07-17'], values: [-0.0031, 0.0024, 0.0047] },
    },
  ],
};

const policy = {
  quorum: 'all_at_same_as_of',
  coalescing_window_seconds: 0,
  no_trade_band_two_sided: 0,
  cool_down_seconds: 0,
  max_turnover_two_sided: null,
  maker_checker: false,
  on_acceptance_fail: 'hold',
} as const;

const allocation: Parameters<typeof allocationMessage>[0] = {
  type: 'AllocationPublished',
  data: {
    meta: 'meta_production',
    definitionNumber: 1,
    inputsHash: hash,
    runId: 'meta_production-2025-07-17-fedcba9876543210',
    risk: 'hrp',
    asOf: '2025-07-17',
    policy,
    number: 7,
    inputs: [{ path: ['etfs'], sleeve: 'etfs', runId, asOf: '2025-07-17', correction: 0 }],
    sleeves: { etfs: 1 },
    weights: { 'AMEX:GLD': 0.45, 'AMEX:SPY': 0.55 },
    gross: 1,
    net: 1,
    portfolio: { kind: 'document', sha256: hash, bytes: 512, mediaType: 'application/json' },
    rebalance: { against: 6, turnoverTwoSided: 0.08, unknownBecause: null, growth: [{ path: ['etfs'], growth: 1.0047 }] },
    approval: null,
  },
  envelope: { id: '5f0c2a7e-58c3-5a1f-9a77-0d3c1f2b7c4e', recordedAt: time } as Parameters<typeof allocationMessage>[0]['envelope'],
};

const job = {
  key: hash,
  job: 'backtest-sleeve',
  engine: `0.1.0 ${hash}, V8 11.3.244.8-node.33`,
  asker: 'desk-1-4711-1752786300000',
  ledgerId,
};

export const exampleMessages: Readonly<
  Record<'sleeveResult' | 'allocation' | 'deadLetter' | 'backtestJob' | 'backtestResult', MessageToSend>
> = {
  sleeveResult: writeCloudEvent(
    { id: '20250717-210000', type: sleeveResultType, source: '/desk-eu', time, subject: 'etfs' },
    result,
    'etfs',
  ),
  allocation: allocationMessage(allocation, { ledgerId, position: '1042' }),
  deadLetter: deadLetterMessage(
    {
      letterId: '7d1e8c52-1f0b-5c55-8e0e-6f6d1b6a9c11',
      sleeve: 'etfs',
      code: 'MessageInvalid',
      reason: 'not JSON: NaN is not a number there (Python writes it unless allow_nan=False)',
      path: null,
      message: { topic: 'sleeve-results.v1', partition: 3, offset: '8812', key: 'etfs' },
      payload: {
        bytes: 12,
        sha256: hash,
        headBase64: toBase64(new TextEncoder().encode('{"data": NaN')),
        kept: true,
      },
    },
    { ledgerId, at: time },
  ),
  backtestJob: backtestJobMessage(job, time),
  backtestResult: backtestResultMessage(
    { ...job, worker: 'node-7-812-1752786290000', outcome: 'done', answer: 'decade'.repeat(10) + 'abcd', reason: null },
    time,
  ),
};

export function exampleEvent(name: keyof typeof exampleMessages): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(exampleMessages[name].value)) as Record<string, unknown>;
}

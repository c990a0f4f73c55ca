import type { MetricDefinition } from '../../ports/ports.ts';

/** Seconds of one append or one solve: from a memory store to a server that answers at its deadline. */
const workBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds from accepted to decided: a coalescing window may stand in between, so the last bounds are minutes and an hour. */
const reactionBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/**
 * Every metric of this system: `docs/reference/metrics.md` is generated from it. The number of series is bounded: no label carries a
 * run, a sleeve or a portfolio. Those stand in logs, traces and `status`.
 */
export const metricDefinitions = {
  sleeve_ledger_build_info: { kind: 'gauge', labels: { version: null }, meaning: '1, with the version that runs.' },

  sleeve_ledger_results_total: {
    kind: 'counter',
    labels: { outcome: ['accepted', 'already', 'gathered', 'held', 'rejected', 'released'] },
    meaning:
      'Results that arrived, by what became of them. `already` was recorded before, `held` waits behind a dead letter of its ' +
      'sleeve, `released` was held and is accepted now.',
  },
  sleeve_ledger_consumer_lag_messages: {
    kind: 'gauge',
    labels: { partition: null },
    meaning: 'Messages between the position of this member and the end of the partition of the results topic.',
  },
  sleeve_ledger_dead_letters_open: { kind: 'gauge', labels: {}, meaning: 'Dead letters neither retried nor discarded.' },
  sleeve_ledger_results_held: { kind: 'gauge', labels: {}, meaning: 'Results that wait behind a dead letter of their sleeve.' },
  sleeve_ledger_sleeves_overdue: { kind: 'gauge', labels: {}, meaning: 'Sleeves whose result is due and has not arrived.' },

  sleeve_ledger_backtest_jobs_total: {
    kind: 'counter',
    labels: { outcome: ['computed', 'known', 'failed', 'refused', 'left'] },
    meaning:
      'Jobs of backtests that this worker was given, by what became of them. `known` was computed before, `refused` is of another ' +
      'build or ledger, `left` is no job.',
  },

  sleeve_ledger_append_seconds: {
    kind: 'histogram',
    labels: {},
    buckets: workBuckets,
    meaning: 'One append to the store, retries included, until it was durable.',
  },
  sleeve_ledger_solve_seconds: {
    kind: 'histogram',
    labels: {},
    buckets: workBuckets,
    meaning: 'The computation of one meta run, all its risk profiles.',
  },
  sleeve_ledger_reaction_seconds: {
    kind: 'histogram',
    labels: {},
    buckets: reactionBuckets,
    meaning: 'From the acceptance of the newest result concerned to the decision on a meta portfolio.',
  },

  sleeve_ledger_decisions_total: {
    kind: 'counter',
    labels: { decision: ['published', 'skipped', 'held', 'refused', 'scheduled'] },
    meaning: 'Decisions recorded on meta portfolios.',
  },
  sleeve_ledger_reaction_failures_total: {
    kind: 'counter',
    labels: {},
    meaning: 'Looks at a meta portfolio that failed for another reason than a rule. They are repeated.',
  },
  sleeve_ledger_portfolios_waiting: {
    kind: 'gauge',
    labels: {},
    meaning: 'Meta portfolios that wait for a quorum, a window, an approval or a resumption.',
  },
  sleeve_ledger_due_portfolios: { kind: 'gauge', labels: {}, meaning: 'Meta portfolios that are due and not yet decided on.' },
  sleeve_ledger_rebalances_held: { kind: 'gauge', labels: {}, meaning: 'Rebalances that await approval.' },

  sleeve_ledger_publications_relayed_total: { kind: 'counter', labels: {}, meaning: 'Publications that the broker has taken.' },
  sleeve_ledger_relay_lag_events: { kind: 'gauge', labels: {}, meaning: 'Publications in the store that the relay has not sent yet.' },
  sleeve_ledger_projection_lag_events: {
    kind: 'gauge',
    labels: { projection: null },
    meaning: 'Events in the store that a read model of this node has not folded yet.',
  },
  sleeve_ledger_witnesses_missing: {
    kind: 'gauge',
    labels: {},
    meaning: 'Witnesses elsewhere that have not taken the last seal: away, or refusing it.',
  },
  sleeve_ledger_unsealed_events: { kind: 'gauge', labels: {}, meaning: 'Events that no signed root covers yet.' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** What this adapter allows itself. Every option of the library that matters is set from here, none is left to its default. */
export interface KafkaTuning {
  readonly connectMsMax: number;
  /** A request without an answer fails after this long. */
  readonly requestMsMax: number;
  /** `send` and `ensureTopics` settle within this time, whatever the brokers do. */
  readonly sendMsMax: number;
  /** An unknown topic is asked for again for this long: a new one is not known everywhere at once. */
  readonly topicMsMax: number;
  /** A member that sends no heartbeat for this long loses its partitions. */
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  /** How long the brokers wait for a member's message in hand when the group changes. */
  readonly rebalanceMsMax: number;
  /** A consumer that hears nothing from its group for this long gives up. Longer than `rebalanceMsMax`, during which there is silence. */
  readonly goneMsMax: number;
  /** So many sessions in a row that end early without a message, although the brokers answer, are enough. */
  readonly fruitlessMax: number;
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
  /** An empty fetch is answered after this long; a message ends the wait. It bounds how long leaving the group takes. */
  readonly fetchMs: number;
  /** Leaving and hanging up; then the connections are cut. */
  readonly closeMsMax: number;
  readonly partitionsAtOnce: number;
  /** A larger message comes alone. Above the largest expected one, or a busy partition could keep it waiting. */
  readonly partitionBytesMax: number;
  readonly fetchBytesMax: number;
  /** So many handled messages may wait for their commit: the bound of what a crash delivers again. */
  readonly uncommittedMax: number;
}

export const defaultTuning: KafkaTuning = {
  connectMsMax: 3_000,
  requestMsMax: 10_000,
  sendMsMax: 25_000,
  topicMsMax: 3_000,
  sessionMs: 10_000,
  heartbeatMs: 1_000,
  rebalanceMsMax: 30_000,
  goneMsMax: 60_000,
  fruitlessMax: 10,
  backoffMsMin: 50,
  backoffMsMax: 2_000,
  fetchMs: 500,
  closeMsMax: 5_000,
  partitionsAtOnce: 8,
  partitionBytesMax: 12_582_912,
  fetchBytesMax: 50_331_648,
  uncommittedMax: 500,
};

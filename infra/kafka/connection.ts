import type { Log } from '../../handlers/ports/ports.ts';
import type { KafkaSettings } from './connection-string.ts';
import type { Outage } from './outage.ts';
import type { KafkaTuning } from './tuning.ts';

/** What the parts of one open broker share. */
export interface KafkaConnection {
  readonly settings: KafkaSettings;
  readonly tuning: KafkaTuning;
  readonly log: Log;
  readonly outage: Outage;
  readonly closed: AbortSignal;
}

import type { ConsumeOptions, MessageSource } from '../../handlers/ports/ports.ts';
import type { KafkaConnection } from './connection.ts';
import { NoAnswer, translated, verdictOf } from './failures.ts';
import { backoffMs, pause } from './retry.ts';
import { Session } from './session.ts';
import { requireTopic } from './topics.ts';

/**
 * Consumes from Kafka, one session of the library after the other while the brokers come and go.
 *
 * At least once: an offset is committed behind the handler that dealt with it, never before, so that a crash delivers again what was in
 * hand and up to `uncommittedMax` messages more. In order within a partition for as long as a member holds it; while a partition moves, its
 * old holder may still have messages in hand.
 */
export class KafkaSource implements MessageSource {
  readonly #connection: KafkaConnection;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  async consume(options: ConsumeOptions): Promise<void> {
    const { settings, tuning, log, closed, outage } = this.#connection;
    const signal = AbortSignal.any([options.signal, closed]);
    const at = { brokers: settings.shown, topic: options.topic };
    const life = { heardAt: performance.now() };
    const silentMs = (): number => performance.now() - life.heardAt;
    for (let fruitless = 1; ; fruitless++) {
      try {
        await requireTopic({ ...this.#connection, closed: signal }, options.topic, tuning.goneMsMax - silentMs());
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      const begun = performance.now();
      const session = new Session(this.#connection, options, () => {
        life.heardAt = performance.now();
        outage.back();
      });
      const stop = (): void => session.end({ kind: 'stopped' });
      const watch = setInterval(() => {
        if (silentMs() > tuning.goneMsMax) session.end({ kind: 'lost', error: new NoAnswer('the consumer group does not answer') });
      }, tuning.heartbeatMs);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      const end = await session.run();
      signal.removeEventListener('abort', stop);
      clearInterval(watch);
      if (end.kind === 'stopped') return;
      if (end.kind === 'handler_failed') throw end.error;
      if (session.handled > 0 || life.heardAt - begun > tuning.sessionMs) fruitless = 0;
      if (verdictOf(end.error) === 'refused' || silentMs() > tuning.goneMsMax || fruitless >= tuning.fruitlessMax)
        throw translated(end.error, at);
      if (verdictOf(end.error) === 'unavailable') outage.away(String(end.error));
      else log.warn({ ...at, group: options.group, error: String(end.error) }, 'lost the consumer group, joining again');
      await pause(backoffMs(fruitless, tuning), signal);
    }
  }
}

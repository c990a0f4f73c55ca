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

  test('is the type itself where a newer build recorded it', () => {
    expect(auditStep({ ...envelopes[0]!, type: 'TokenMinted' }).step).toBe('TokenMinted');
  });
});

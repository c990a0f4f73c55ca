import { describe, expect, test } from '@jest/globals';
import { domainEvent, draftEvent } from '../../../domain/catalogue.ts';
import { readDocument } from '../../../domain/documents/documents.ts';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { contentHashOf, decodeEnvelope } from '../../../domain/shared/envelope.ts';
import { regimesDetectedSchema } from '../../../domain/sleeve-run/events.ts';
import { regimesFact } from '../../../domain/sleeve-run/regimes-fact.ts';
import { auditStep } from '../../../projections/audit-log.ts';
import golden from '../../golden/regime/events.json' with { type: 'json' };
import { FactHistory } from '../../support/portfolio-events.ts';
import { regimeFacts, turningRegimes } from '../../support/regime-facts.ts';
import { sha256 } from '../../support/sample-events.ts';

const regimes = turningRegimes();

describe('the regimes of a sleeve run', () => {
  const staged = new StagedArtifacts(sha256);
  const fact = regimesFact(regimes, staged);

  test('are a fact of its stream with counts, and a document with every reading', () => {
    expect(fact.type).toBe('RegimesDetected');
    const data = regimesDetectedSchema.parse(fact.data);
    expect(Object.values(data.decisions).reduce((sum, count) => sum + count, 0)).toBe(data.windows);
    const bytes = staged.get(data.detail.sha256)!;
    expect(readDocument('regimes', JSON.parse(new TextDecoder().decode(bytes)))).toEqual(regimes);
  });

  test('are these, to the byte: the golden line', () => {
    expect({
      fact: canonicalJson(draftEvent('RegimesDetected', regimeFacts.detected())),
      contentHash: contentHashOf(sha256, fact),
      artifacts: staged.contents().length,
    }).toEqual(golden);
  });

  test('are the same bytes however often they are told', () => {
    const again = new StagedArtifacts(sha256);
    expect([regimesFact(regimes, again), again.contents()]).toEqual([fact, staged.contents()]);
  });

  test.each([
    ['a share above one', { realised: { compared: 1, differing: 1, shareDiffering: 2 } }],
    ['a label that there is not', { decisions: { QUIET: 1, NORMAL: 1, TURBULENT: 0, CRISIS: 0, PANIC: 1 } }],
    ['a label less', { decisions: { QUIET: 1, NORMAL: 1, TURBULENT: 0 } }],
  ])('are no fact with %s', (_, change) => {
    expect(regimesDetectedSchema.safeParse({ ...regimeFacts.detected(), ...change }).success).toBe(false);
    expect(regimesDetectedSchema.safeParse(regimeFacts.detected()).success).toBe(true);
  });

  test('are a step of the audit log with the document as its output', () => {
    const { stored } = new FactHistory().add('sleeveRun-r1', 'RegimesDetected', regimeFacts.detected());
    const envelope = decodeEnvelope(stored[0]!.bytes);
    expect(domainEvent(envelope, '1').data).toEqual(draftEvent('RegimesDetected', regimeFacts.detected()).data);
    expect(auditStep(envelope)).toMatchObject({
      step: 'regime_detect',
      status: 'success',
      context: { run: 'r1' },
      output_hashes: { detail: regimeFacts.detected().detail.sha256 },
    });
  });
});

/** Every row that a projection writes, and every line of the audit log, of a history with each type of fact: as they were when recorded. */
import { expect, test } from '@jest/globals';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { FoldedRows } from '../../handlers/read-models/views.ts';
import { allProjections } from '../../projections/all.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { everyFact } from '../support/portfolio-events.ts';

const { events, stored } = everyFact();

test.each(allProjections.map((projection) => [`${projection.name} ${projection.version}`, projection] as const))(
  '%s writes the rows that it wrote: another version would have others',
  (_, projection) => {
    const rows = new FoldedRows();
    const lines = events
      .filter(({ type }) => projection.types.includes(type))
      .flatMap((event) => {
        const changed = projection.apply(event, (key) => rows.rows.get(key) ?? null);
        rows.apply(projection, event);
        return changed.map(({ key, value }) => `${event.type}: ${key} ${JSON.stringify(value)}`);
      });
    expect(lines.join('\n')).toMatchSnapshot();
    expect(projection.types.join(' ')).toMatchSnapshot();
  },
);

test.each(allProjections.map((projection) => [projection.name, projection] as const))(
  '%s asks for every row that it changes, before it does',
  (_, projection) => {
    const rows = new FoldedRows();
    for (const event of events.filter(({ type }) => projection.types.includes(type))) {
      const asked = new Set(projection.keysFor(event));
      const read = new Set<string>();
      projection.apply(event, (key) => {
        read.add(key);
        return rows.rows.get(key) ?? null;
      });
      expect([...read].filter((key) => !asked.has(key))).toEqual([]);
      rows.apply(projection, event);
    }
  },
);

test('each fact has the line of the audit log that it had', () => {
  const lines = stored.map(({ bytes }) => JSON.stringify(auditStep(decodeEnvelope(bytes))));
  expect(lines.join('\n')).toMatchSnapshot();
});

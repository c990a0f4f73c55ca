/** What the answers are made of: single values with their units, and small objects that several answers have. */
import { z } from 'zod';
import { riskProfileSchema } from '../../../domain/risk/schemas.ts';
import { acceptanceVerdictSchema } from '../../../domain/run/acceptance-verdict.ts';
import { localUserSchema } from '../../../domain/people/local-user.ts';
import { isoDateSchema } from '../../../domain/shared/artifact-reference.ts';
import { instant, sha256Hex } from '../../../domain/shared/fields.ts';

/** A date of the market. */
export const date = isoDateSchema.meta({ format: 'date', description: 'A session, as YYYY-MM-DD.' });
/** An instant of the ledger. */
export const time = instant.meta({ format: 'date-time', description: 'In UTC, to the millisecond.' });
export const hash = sha256Hex.describe('SHA-256, in lower-case hexadecimal digits.');
export const weight = z.number().describe('A decimal fraction: 0.25 is a quarter.');
export const count = z.int().nonnegative();
export const position = z.string().min(1).describe('A position of the ledger, as the store writes it.');
export const eventId = z.uuid().describe('Id of an event.');
export const runId = z.string().min(1).describe('Id of a run.');
export const meta = z.string().min(1).describe('Name of the meta portfolio.');
export const sleeve = z.string().min(1).describe('Name of the sleeve, as its runs are requested.');
export const symbol = z.string().min(1).describe('EXCHANGE:SYMBOL.');
export const path = z.array(z.string()).describe('Ids from the portfolio down to the sleeve.');
export const risk = riskProfileSchema.describe('Risk profile.');
/** Of an answer that passes on what it was asked for. */
export const riskName = z.string().min(1).describe('Risk profile.');
export const person = z.string().min(1).describe('Whoever is recorded as its author.');
export const why = z.string().describe('The reason that was given.');
export const already = z.boolean().describe('True where it had been done before, and nothing was recorded now.');
export const json = z.unknown().describe('Any JSON value.');

type Shape = Readonly<Record<string, z.ZodType>>;

/** A schema of the domain as part of an answer: with a name in the document, and words for each of its members. */
export function worded<Members extends Shape>(
  id: string,
  description: string,
  schema: z.ZodObject<Members, z.core.$strict>,
  words: Readonly<Record<keyof Members, string>>,
): z.ZodObject<Members, z.core.$strict> {
  const members = Object.entries(schema.shape).map(([name, member]) => [name, member.describe(words[name as keyof Members])]);
  return z.strictObject(Object.fromEntries(members) as Members).meta({ id, description });
}

export const localUser = worded(
  'LocalUser',
  'Who the operating system says ran the process, beside the name that was claimed.',
  localUserSchema,
  {
    name: 'Name of the account; null where the system does not say it.',
    uid: 'Number of the account; null where the system has none.',
  },
);

const figure = z.strictObject({
  name: z.string().describe('What was measured.'),
  value: z.number().describe('In the unit of the check.'),
});

export const acceptanceVerdict = worded(
  'AcceptanceVerdict',
  'One measured check of an allocation.',
  acceptanceVerdictSchema.extend({ details: z.array(figure) }),
  {
    check: 'Name of the check.',
    status: 'What came of it; `unknown` where there was nothing to measure.',
    value: 'The figure measured, in the unit of the check; null where there was nothing to measure.',
    limit: 'What it is held against; null for a check without a limit.',
    message: 'The verdict in words.',
    details: 'Figures behind the value, by name.',
    holds: 'Whether a failure holds back publication.',
  },
);

const dataEndMembers = {
  date: date.describe('Last session of the data.'),
  shortenedBy: z.array(symbol).describe('Symbols for which the data end before those of the universe do; empty where none is known.'),
};

export const dataEnd = z.strictObject(dataEndMembers).meta({ id: 'DataEnd', description: 'Where the data of a sleeve run end.' });

export const portfolioDataEnd = z
  .strictObject({
    date: date.describe('The earliest end of the data of a sleeve.'),
    asOf: date.describe('The as-of date.'),
    daysBefore: count.describe('Calendar days from there to the as-of date.'),
    by: z
      .array(z.strictObject({ sleeve: z.string().describe('Path of the sleeve, joined by `/`.'), ...dataEndMembers }))
      .describe('Sleeves that end there.'),
  })
  .meta({ id: 'PortfolioDataEnd', description: 'Where the data of the sleeves of a portfolio end.' });

export const cash = z
  .strictObject({
    asset: z.string().describe('What it is held in.'),
    weight: weight.nonnegative().describe('Fraction of equity that is not invested.'),
  })
  .meta({ id: 'Cash', description: 'What is not invested; it counts in no turnover and no cost.' });

/** A weight in two allocations. */
export const movedMembers = {
  name: z.string().describe('Path of a sleeve, joined by `/`, or a symbol.'),
  before: weight.describe('Decimal fraction before; 0 where it was not held.'),
  after: weight.describe('Decimal fraction after; 0 where it is not held.'),
  change: weight.describe('After minus before.'),
};

export const movedWeight = z.strictObject(movedMembers).meta({ id: 'MovedWeight', description: 'A weight in two allocations.' });

import type { Collision } from '../../../domain/forensics/collisions.ts';
import type { ForensicStatistics } from '../../../domain/forensics/statistics.ts';
import {
  type Block,
  type Cell,
  cell,
  code,
  columns,
  decimal,
  facts,
  orNone,
  paragraph,
  percent,
  smallPercent,
  table,
} from '../model/document.ts';
import type { AllocatedProfile } from '../model/profile-model.ts';

function checksTable({ forensics }: AllocatedProfile): Block {
  return table(
    'Forensic checks, in their order',
    columns('check', 'verdict', 'what was found'),
    forensics.checks.map(({ code: name, ok, message }) => [code(name), cell(ok ? 'ok' : 'failed', ok ? 'good' : 'bad'), cell(message)]),
  );
}

function completenessTable({ forensics }: AllocatedProfile): Block {
  return table(
    'Completeness',
    columns('artifact', 'state'),
    forensics.artifacts.map(({ name, isPresent }) => [code(name), cell(isPresent ? 'present' : 'missing', isPresent ? 'good' : 'bad')]),
  );
}

function calendarText({ calendar }: ForensicStatistics): string {
  const { days, hasSaturday, hasSunday, gapsOverOneDay, longestGapDays } = calendar;
  const weekend = [...(hasSaturday ? ['Saturdays'] : []), ...(hasSunday ? ['Sundays'] : [])].join(' and ');
  const ofWeekend = weekend === '' ? 'no weekend day' : `with ${weekend}`;
  return `${days} days, ${ofWeekend}; ${gapsOverOneDay} gaps of more than a day, the longest of ${longestGapDays}`;
}

function figures(statistics: ForensicStatistics): Block {
  const { weightsSum, dailyMean, dailyVolatility, skewness, excessKurtosis, valueAtRisk5, hasFatTails, exposure, allocationEntropy } =
    statistics;
  return facts(
    ['Daily return', cell(`mean ${smallPercent(dailyMean)}, volatility ${smallPercent(dailyVolatility)} (divisor n)`)],
    [
      'Tail of the daily returns',
      cell(
        `skewness ${orNone(skewness, (value) => decimal(value, 3)).text}, ` +
          `excess kurtosis ${orNone(excessKurtosis, (value) => decimal(value, 3)).text}${hasFatTails ? ' (above 3)' : ''}, ` +
          `5 % quantile ${percent(valueAtRisk5)}`,
        hasFatTails ? 'warn' : 'plain',
      ),
    ],
    ['Allocation entropy', orNone(allocationEntropy, (value) => `${decimal(value, 3)} of 1`)],
    ['Sum of the sleeve weights', cell(String(weightsSum))],
    ['Directions', cell(`long ${percent(exposure.grossLong)}, short ${percent(exposure.grossShort)}, net ${percent(exposure.net)}`)],
    ['Calendar', cell(calendarText(statistics))],
  );
}

function collisionRow({ symbol, weight, sleeves, opposes }: Collision): Cell[] {
  return [
    code(symbol),
    cell(percent(weight)),
    cell(
      sleeves.map((sleeve) => `${sleeve.path} ${sleeve.direction} ${percent(Math.abs(sleeve.weight))}`).join(', '),
      opposes ? 'warn' : 'plain',
    ),
  ];
}

function collisionBlock({ forensics }: AllocatedProfile): Block {
  const { collisions } = forensics;
  if (collisions.length === 0) return paragraph('No symbol is held by two sleeves.', 'muted');
  return table('Symbols that two or more sleeves hold', columns('asset', 'net weight#', 'sleeves'), collisions.map(collisionRow));
}

/** What an examiner asks of a profile: is all of it there, do its parts fit, how fat is the tail, who holds the same. */
export function forensicBlocks(profile: AllocatedProfile): Block[] {
  return [completenessTable(profile), checksTable(profile), figures(profile.forensics.statistics), collisionBlock(profile)];
}

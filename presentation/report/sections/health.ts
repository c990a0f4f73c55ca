import { remediesOf } from '../../../domain/returns/remedies.ts';
import { notJudgedText, type RecordedVerdict } from '../../../domain/returns/verdict.ts';
import {
  cell,
  code,
  columns,
  facts,
  paragraph,
  percent,
  subheading,
  table,
  type Block,
  type Cell,
  type Section,
  type Tone,
} from '../model/document.ts';
import type { ReportModel } from '../model/model.ts';
import type { DeliveredReport } from '../model/sleeve-model.ts';
import { spanText } from './trace.ts';

const checkTones: Record<string, Tone> = { passed: 'good', warned: 'warn', failed: 'bad', not_evaluated: 'muted' };

function integrityBlocks({ integrity }: DeliveredReport): Block[] {
  if (integrity === null) return [paragraph('No price audit: the run was imported with its returns.', 'muted')];
  const verdict: RecordedVerdict = integrity.verdict;
  const { checks, findings, notJudged } = verdict;
  const blocks: Block[] = [
    table(
      'Integrity checks',
      columns('check', 'status', 'checked#'),
      checks.map(({ name, status, checked }) => [cell(name), cell(status, checkTones[status] ?? 'plain'), cell(String(checked))]),
    ),
  ];
  if (notJudged !== undefined) blocks.push(paragraph(notJudgedText(notJudged), 'muted'));
  if (findings.length > 0) {
    // Findings of the same code and symbol stand in one row, as the audit counted them.
    const grouped = new Map<string, { level: string; code: string; symbol: string | null; count: number; first: string }>();
    for (const { level, code: name, symbol, count, message } of findings) {
      const key = `${name} ${symbol ?? ''}`;
      const known = grouped.get(key);
      if (known === undefined) grouped.set(key, { level, code: name, symbol, count: count ?? 1, first: message });
      else known.count += count ?? 1;
    }
    const rows = [...grouped.values()].map((group): Cell[] => [
      cell(group.level, group.level === 'error' ? 'bad' : 'warn'),
      cell(group.code),
      cell(group.symbol ?? ''),
      cell(String(group.count)),
      cell(group.first),
    ]);
    blocks.push(table('Integrity findings', columns('level', 'code', 'symbol', 'count#', 'first of them'), rows));
  }
  const remedies = remediesOf(findings);
  if (remedies.length > 0) blocks.push({ kind: 'list', items: remedies.map(({ code: name, remedy }) => `Remedy for ${name}: ${remedy}`) });
  if (integrity.repaired.length > 0) {
    blocks.push(
      table(
        'Rows dropped by the repair that was asked for',
        columns('symbol', 'date', 'price#'),
        integrity.repaired.map(({ symbol, date, value }) => [cell(symbol), cell(date), cell(String(value))]),
      ),
    );
  }
  return blocks;
}

function universeBlocks({ universe, grid }: DeliveredReport): Block[] {
  if (universe === null || grid === null) return [];
  const { kept, dropped, inactive, benchmarks, coverageMin, notApplied } = universe;
  const calendars = [...new Set(kept.map(({ calendar }) => calendar))];
  const blocks: Block[] = [
    facts(
      ['Grid', cell(spanText(grid))],
      ['Symbols', cell(`${kept.length} kept, ${dropped.length} dropped, ${inactive.length} inactive`)],
      ['Calendars', cell(calendars.join(', '))],
      [
        'Benchmarks',
        cell(
          [...benchmarks.present, ...benchmarks.absent.map(({ symbol, reason }) => `${symbol} absent: ${reason}`)].join('; ') || 'none',
          benchmarks.absent.length > 0 ? 'warn' : 'plain',
        ),
      ],
      ...(inactive.length === 0 ? [] : [['Inactive', cell(inactive.join(', '), 'warn')] as const]),
    ),
  ];
  if (dropped.length > 0) {
    blocks.push(
      table(
        `Symbols dropped: below ${percent(coverageMin, 0)} of their own sessions`,
        columns('symbol', 'coverage#', 'present#', 'expected#'),
        dropped.map(({ symbol, coverage, present, expected }) => [
          cell(symbol),
          cell(percent(coverage)),
          cell(String(present)),
          cell(String(expected)),
        ]),
      ),
    );
  }
  if (notApplied.length > 0) {
    blocks.push(
      table(
        'Recorded and not applied',
        columns('leaf', 'value', 'why'),
        notApplied.map(({ path, value, why }) => [code(path), cell(JSON.stringify(value)), cell(why)]),
      ),
    );
  }
  return blocks;
}

function inputsTable({ inputs }: DeliveredReport): Block {
  return table(
    'Inputs',
    columns('file', 'role', 'rows#', 'SHA-256'),
    inputs.map(({ name, role, rows, sha256 }) => [
      cell(name),
      cell(role),
      rows === null ? cell('-', 'muted') : cell(String(rows)),
      code(sha256),
    ]),
  );
}

/** What went into one sleeve run, and what its audit found. */
export function healthBlocks(sleeve: DeliveredReport): Block[] {
  return [
    ...(sleeve.reasons.length === 0 ? [] : [{ kind: 'list' as const, items: sleeve.reasons }]),
    ...universeBlocks(sleeve),
    ...integrityBlocks(sleeve),
    inputsTable(sleeve),
  ];
}

/** What went into each sleeve, and what its audit found. A run consumed at two places is listed once. */
export function healthSection({ sleeves }: ReportModel): Section {
  const once = sleeves.filter((sleeve, index) => sleeves.findIndex(({ consumed }) => consumed.runId === sleeve.consumed.runId) === index);
  return {
    id: 'health',
    title: 'Data health',
    blocks: once.flatMap((sleeve) => [subheading(sleeve.consumed.path.join(' / ')), ...healthBlocks(sleeve)]),
  };
}

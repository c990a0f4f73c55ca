import { requiredColumns } from './columns.ts';
import type { EffectiveConfig } from './inheritance.ts';
import type { ConfigLeaf } from './merge.ts';
import { codeDefaults } from './read-scanner.ts';
import { type GateName, gateNames } from './gates.ts';
import type { ScanFilter, Scanner } from './scanner.ts';

/** Something about a configuration that a reader may not expect. */
export interface ConfigNote {
  readonly note: 'silent_inheritance' | 'shadowed_filter' | 'repeated_filter';
  readonly said: string;
  readonly paths: readonly string[];
}

const gatePointers: Readonly<Record<GateName, string>> = {
  volatility: '/volatility/',
  liquidity: '/volume/',
  trend_recommendation: '/trend/recommendation/',
  trend_adx: '/trend/adx/',
  trend_momentum: '/trend/momentum/',
};

function isConfigured({ gates }: Scanner, gate: GateName): boolean {
  const thresholds: Readonly<Record<GateName, number | null>> = {
    volatility: gates.volatilityMax,
    liquidity: gates.valueTradedMin,
    trend_recommendation: gates.recommendationMin,
    trend_adx: gates.adxMin,
    trend_momentum: gates.momentum.length === 0 ? null : gates.momentum.length,
  };
  return thresholds[gate] !== null;
}

/** Gates in force of which the scanner's own file says nothing: repeating a value of the base would be saying it. */
function silentlyInherited(scanner: Scanner, { entry, leaves }: EffectiveConfig): ConfigNote[] {
  return gateNames
    .filter((gate) => isConfigured(scanner, gate))
    .flatMap((gate) => {
      const own = leaves.filter(({ pointer }) => pointer.startsWith(gatePointers[gate]));
      if (own.some(({ history }) => history.includes(entry))) return [];
      const values = own.map(({ pointer, value, origin }) => `${pointer} ${JSON.stringify(value)} of ${origin}`).join(', ');
      return [
        {
          note: 'silent_inheritance',
          said: `${gate} is in force and not written in ${entry}: ${values}`,
          paths: own.map(({ pointer }) => pointer),
        },
      ];
    });
}

const directionOf = ({ operation }: ScanFilter): 'above' | 'below' | null =>
  operation === 'greater' || operation === 'egreater' ? 'above' : operation === 'less' || operation === 'eless' ? 'below' : null;

/** Whether a later bound lets through what an earlier one does not: it changes nothing. */
function isLooser(later: ScanFilter, earlier: ScanFilter): boolean {
  const [wide, narrow] = [later.right as number, earlier.right as number];
  if (wide === narrow) return later.operation.startsWith('e') && !earlier.operation.startsWith('e');
  return directionOf(later) === 'above' ? wide < narrow : wide > narrow;
}

function filterNotes(scanner: Scanner, { leaves }: EffectiveConfig): ConfigNote[] {
  const { filters } = scanner;
  const fileOf = (index: number): string => leaves.find(({ pointer }) => pointer === `/filters/${index}/left`)!.origin;
  return filters.flatMap((later, place) =>
    filters.slice(0, place).flatMap((earlier, first): ConfigNote[] => {
      if (earlier.left !== later.left) return [];
      const paths = [`/filters/${first}`, `/filters/${place}`];
      if (JSON.stringify(earlier) === JSON.stringify(later))
        return [
          { note: 'repeated_filter', said: `${later.left} is filtered twice in the same way (${fileOf(first)}, ${fileOf(place)})`, paths },
        ];
      const direction = directionOf(later);
      if (direction === null || direction !== directionOf(earlier) || fileOf(first) === fileOf(place) || !isLooser(later, earlier))
        return [];
      const said = `${later.left} ${later.operation} ${JSON.stringify(later.right)} of ${fileOf(place)} changes nothing:`;
      return [
        {
          note: 'shadowed_filter',
          said: `${said} ${earlier.operation} ${JSON.stringify(earlier.right)} of ${fileOf(first)} is in force too`,
          paths,
        },
      ];
    }),
  );
}

/** What is not obvious about a configuration, in the order of the request and the gates. */
export function configNotes(scanner: Scanner, config: EffectiveConfig): readonly ConfigNote[] {
  return [...filterNotes(scanner, config), ...silentlyInherited(scanner, config)];
}

const ofCode = (pointer: string, value: ConfigLeaf['value']): ConfigLeaf => ({ pointer, value, origin: 'code', history: ['code'] });

/** Every leaf that acts: those of the files, the columns in the order of the request, and what this program adds, of origin `code`. */
export function actingLeaves({ columns }: Scanner, { leaves }: EffectiveConfig): readonly ConfigLeaf[] {
  const written = new Map(leaves.filter(({ pointer }) => pointer.startsWith('/columns/')).map((leaf) => [leaf.value, leaf]));
  const columnLeaves = columns.map((column, index): ConfigLeaf => {
    const leaf = written.get(column);
    const pointer = `/columns/${index}`;
    if (!requiredColumns.includes(column)) return { ...leaf!, pointer };
    return { ...ofCode(pointer, column), history: ['code', ...(leaf?.history ?? [])] };
  });
  const absent = Object.entries(codeDefaults).filter(([pointer]) => !leaves.some((leaf) => leaf.pointer === pointer));
  return [
    ...leaves.filter(({ pointer }) => !pointer.startsWith('/columns/')),
    ...columnLeaves,
    ...absent.map(([pointer, value]) => ofCode(pointer, value)),
  ];
}

import { byCodeUnits } from '../../domain/shared/order.ts';
import { type Happening, happeningNames, type HappeningName, type HappeningType, happeningTypes } from './happening.ts';

/** What somebody watches. */
export interface Watched {
  /** The same for those who watch the same. */
  readonly key: string;
  readonly types: readonly HappeningType[];
  readonly includes: (happening: Happening) => boolean;
}

export interface WatchedNames {
  /** Happenings by name; none given: all. */
  readonly names: readonly HappeningName[];
  /** Portfolios and sleeves; where one is given, only what is about one of those given. */
  readonly metas: readonly string[];
  readonly sleeves: readonly string[];
}

const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted(byCodeUnits);

export function watchedOf({ names, metas, sleeves }: WatchedNames): Watched {
  const types = names.length === 0 ? happeningTypes : happeningTypes.filter((type) => names.includes(happeningNames[type]));
  const told: ReadonlySet<string> = new Set(types);
  const [ofMetas, ofSleeves] = [new Set<unknown>(metas), new Set<unknown>(sleeves)];
  const ofAll = metas.length + sleeves.length === 0;
  return {
    key: JSON.stringify([types, sorted(metas), sorted(sleeves)]),
    types,
    includes: ({ type, meta, sleeve }) => told.has(type) && (ofAll || ofMetas.has(meta) || ofSleeves.has(sleeve)),
  };
}

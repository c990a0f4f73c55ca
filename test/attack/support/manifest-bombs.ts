/** Manifests of which each is small, or within the length that is read, and costs more than its text. */
type Members = Readonly<Record<string, unknown>>;

const leaf = { data: { symbols: ['NYSE:A', 'NYSE:B'] } };

/** Portfolios of which each level holds the next one several times. */
export function diamond(levels: number, each: number): string {
  const profiles: Record<string, unknown> = { leaf };
  for (let level = 0; level < levels; level++)
    profiles[`m${level}`] = {
      sleeves: Array.from({ length: each }, (_, at) =>
        level === levels - 1 ? { id: `s${at}`, profile: 'leaf' } : { id: `s${at}`, meta_profile: `m${level + 1}` },
      ),
    };
  return JSON.stringify({ profiles });
}

const manyProfiles = (count: number, profile: (at: number) => unknown, others: Members = {}): string =>
  JSON.stringify({ profiles: Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, profile(at)])), ...others });

const length = 4_000_000;
const repeated = (piece: string, bytes = length): string => piece.repeat(Math.floor(bytes / piece.length));
const symbols = (count: number): string => Array.from({ length: count }, (_, at) => `NYSE:A${at}`).join(',');
const long = 'x'.repeat(80);

export const manifestBombs: Readonly<Record<string, () => string>> = {
  'a diamond of portfolios, 20 wide and 4 deep': () => diamond(4, 20),
  'a diamond of portfolios, 100 wide and 4 deep': () => diamond(4, 100),
  'a diamond that is too deep as well': () => diamond(40, 2),
  '490 portfolios that hold one another': () =>
    manyProfiles(490, (at) => ({
      sleeves: Array.from({ length: 30 }, (_, of) => ({ id: `s${of}`, meta_profile: `p${(at + 1 + of) % 490}` })),
    })),
  '100,000 profiles': () => manyProfiles(100_000, () => ({})),
  'an alias of an alias, 500 times': () => manyProfiles(500, (at) => (at === 499 ? 'nowhere' : `p${at + 1}`)),
  'a circle of 500 aliases': () => manyProfiles(500, (at) => `p${(at + 1) % 500}`),
  '16,000 sleeves of profiles that are not there': () =>
    manyProfiles(490, (at) => ({
      sleeves: Array.from({ length: 33 }, (_, of) => ({ id: `s${of}`, profile: `${long.slice(6)}${at % 10}${of}` })),
    })),
  'a million symbols in one text': () => JSON.stringify({ profiles: { leaf }, data: { symbols: symbols(400_000).slice(0, length) } }),
  '10,000 symbols that 500 profiles inherit': () => manyProfiles(500, () => ({}), { data: { symbols: symbols(10_000) } }),
  'two million values in an opaque block': () => `{"profiles":{},"integrations":[${repeated('0,')}0]}`,
  'a name of 2 MB above a million values': () =>
    `{"profiles":{},"integrations":{"${repeated('k', length / 2)}":[${repeated('0,', length / 2)}0]}}`,
  'long names within one another': () =>
    `{"profiles":{},"integrations":${repeated(`{"${'k'.repeat(150)}":`, 153 * 60)}[${repeated('0,', 100_000)}0]${'}'.repeat(60)}}`,
  'lists within lists': () => repeated('[', 100_000),
  'a text that does not end': () => `{"profiles":{},"description":"${repeated('a')}`,
  'a text of 4 MB of escapes': () => `{"profiles":{},"description":"${repeated('\\n')}"}x`,
  'a million blank lines': () => `${repeated('\n')}{"profiles":[]}`,
  '90,000 unknown members': () => JSON.stringify(Object.fromEntries(Array.from({ length: 90_000 }, (_, at) => [`k${at}`, 0]))),
  'an unknown member with a name of 4 MB': () => `{"profiles":{},"${repeated('k')}":0}`,
  '15,000 exceptions for sleeves that are not there': () =>
    JSON.stringify({
      profiles: {
        leaf,
        m: {
          sleeves: Array.from({ length: 100 }, (_, at) => ({ id: `s${at}`, profile: 'leaf' })),
          parity: {
            exceptions: Array.from({ length: 15_000 }, (_, at) => ({ sleeve: `t${at}`, path: 'a.b', value: 1, rationale: 'because' })),
          },
        },
      },
    }),
};

/** As large as people write them, and larger. */
export const honestManifests: Readonly<Record<string, () => string>> = {
  '20 sleeves': () => diamond(1, 20),
  'a portfolio of ten portfolios of ten portfolios of ten': () => diamond(3, 10),
  '300 profiles that inherit 1,000 symbols': () => manyProfiles(300, () => ({}), { data: { symbols: symbols(1_000) } }),
};

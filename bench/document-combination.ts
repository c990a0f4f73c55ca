import { type CombinationPeer, type CombinationRun, combinationPeers, combinationSize } from './combination.ts';
import { barText, grouped, ms, ratioText, table, tiny } from './document-sections.ts';

const names: Readonly<Record<CombinationPeer, string>> = { clarabel: 'Clarabel', osqp: 'OSQP' };
const wholeMsMax = 50;

export function combinationSection(run: CombinationRun | null): string {
  const intro = '## Combining positions';
  if (run === null) return `${intro}\n\nNot measured yet: \`npm run bench -- --combinations\`.`;
  const { own, peers, versions, measuredAt, commit } = run;
  const { assets, sleeves } = combinationSize;
  const rows = combinationPeers.map((peer) => {
    const { timing, largestGap } = peers[peer];
    const ratio = timing.medianMs / own.projection.medianMs;
    return [names[peer], `${ms(own.projection.medianMs)} ms`, `${ms(timing.medianMs)} ms`, `**${ratioText(ratio)}**`, tiny(largestGap)];
  });
  return `${intro}

${table(['peer', 'sleeve-ledger', 'peer takes', 'ratio', 'largest gap'], rows)}

The projection of ${grouped(assets)} assets onto bounds and caps on gross, net and turnover, all binding, matrices made within the time of \
the peers (${Object.entries(versions)
    .map(([name, one]) => `${name} ${one}`)
    .join(', ')}; \
OSQP to 1e-6). *Largest gap* is the greatest difference of any weight; here the duality gap is ${tiny(own.gap)}. \
Measured ${measuredAt.slice(0, 10)}, commit \`${commit.slice(0, 12)}\`.

All of \`combine\`, ${grouped(assets)} assets by ${sleeves} sleeves from positions by name, takes ${ms(own.whole.medianMs)} ms. \
${barText(own.whole.medianMs < wholeMsMax, `${wholeMsMax} ms`)}.`;
}

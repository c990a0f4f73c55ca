export { factorPanel } from './cholesky';
export { addPass, centrePass } from './cross-products';
export { addSquaredGaps, toDistances } from './distance';
export { multiplyPanels } from './matrix-vector';
export { solvePanels } from './solve';

/** The standard normal distribution. Both functions are right to about 1e-15, relative, wherever a double can tell. */

/** Σ coefficients[i] x^i, by Horner's rule; the highest power stands last. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
}

type Quotient = readonly [numerator: readonly number[], denominator: readonly number[]];

function quotient([numerator, denominator]: Quotient, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

/** Rational approximations of Cody (1969, Mathematics of Computation 23), lowest power first. */
const erfNearZero: Quotient = [
  [3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315],
  [2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1],
];
const erfcBelowFour: Quotient = [
  [
    1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001, 66.11919063714163, 8.883149794388377,
    0.5641884969886701, 2.1531153547440383e-8,
  ],
  [
    1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903, 537.1811018620099, 117.6939508913125,
    15.744926110709835, 1,
  ],
];
const erfcBeyondFour: Quotient = [
  [0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445, 0.30532663496123236, 0.016315387137302097],
  [0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234604, 2.568520192289822, 1],
];
const inverseRootOfPi = 0.5641895835477563;
const inverseRootOfTwoPi = 0.3989422804014327;

/** exp(-x²) without the error that a rounded square would bring into the exponent. */
function gaussian(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse));
}

/** Complementary error function of x >= 0. */
function erfcOf(x: number): number {
  if (x <= 0.46875) return 1 - x * quotient(erfNearZero, x * x);
  if (x <= 4) return gaussian(x) * quotient(erfcBelowFour, x);
  const inverseSquare = 1 / (x * x);
  return (gaussian(x) * (inverseRootOfPi - inverseSquare * quotient(erfcBeyondFour, inverseSquare))) / x;
}

/** Probability that a standard normal value is at most x. */
export function normalProbability(x: number): number {
  const tail = erfcOf(Math.abs(x) * Math.SQRT1_2) / 2;
  return x < 0 ? tail : 1 - tail;
}

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return gaussian(Math.abs(x) * Math.SQRT1_2) * inverseRootOfTwoPi;
}

/** Rational approximations of Wichura (1988, algorithm AS 241, PPND16), lowest power first. */
const quantileNearMiddle: Quotient = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
    2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
    5226.495278852854,
  ],
];
const quantileInTail: Quotient = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
    0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
    1.0507500716444169e-9,
  ],
];
const quantileFarInTail: Quotient = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
    2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7,
    2.0442631033899397e-15,
  ],
];

/** The value that a standard normal one stays below with a probability in (0, 1); infinite at 0 and 1. */
export function normalQuantile(probability: number): number {
  const fromMiddle = probability - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) return fromMiddle * quotient(quantileNearMiddle, 0.180625 - fromMiddle * fromMiddle);
  const tail = fromMiddle < 0 ? probability : 1 - probability;
  if (tail === 0) return fromMiddle < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const depth = Math.sqrt(-Math.log(tail));
  const size = depth <= 5 ? quotient(quantileInTail, depth - 1.6) : quotient(quantileFarInTail, depth - 5);
  return fromMiddle < 0 ? -size : size;
}

// What the rows of the table call: Python's math, its errors and its rounding. A page has the blocks that it uses.

// shut, the slope of a closed gate: 0 in every sum, and nothing passes it. null is 0 to JavaScript's arithmetic.
const shut = null;

class Refused extends Error {                            // a value that there is not; kind is the name of Python's error
  constructor(kind, message) { super(message); this.name = "Refused"; this.kind = kind; }
}

function domainError() { return new Refused("ValueError", "math domain error"); }

// A function has left its domain where it makes nan of a number, or infinity of a finite one.
function inside(z, x) {
  if (z !== z && x === x || !isFinite(z) && isFinite(x)) throw domainError();
  return z;
}

// A function has left the floats where it makes infinity of a finite number.
function bounded(z, x) {
  if (!isFinite(z) && isFinite(x)) throw new Refused("OverflowError", "math range error");
  return z;
}

function exp(x) { return bounded(Math.exp(x), x); }

function expm1(x) { return bounded(Math.expm1(x), x); }

function sinh(x) { return bounded(Math.sinh(x), x); }

function cosh(x) { return bounded(Math.cosh(x), x); }

function log(x) { return inside(Math.log(x), x); }

function log1p(x) { return inside(Math.log1p(x), x); }

function log2(x) { return inside(Math.log2(x), x); }

function log10(x) { return inside(Math.log10(x), x); }

function sqrt(x) { return inside(Math.sqrt(x), x); }

function sin(x) { return inside(Math.sin(x), x); }

function cos(x) { return inside(Math.cos(x), x); }

function tan(x) { return inside(Math.tan(x), x); }

function asin(x) { return inside(Math.asin(x), x); }

function acos(x) { return inside(Math.acos(x), x); }

function acosh(x) { return inside(Math.acosh(x), x); }

function atanh(x) { return inside(Math.atanh(x), x); }

function atan(x) { return Math.atan(x); }

function atan2(y, x) { return Math.atan2(y, x); }

function asinh(x) { return Math.asinh(x); }

function tanh(x) { return Math.tanh(x); }

// x * y is p + q to the last bit: both are split into halves of 26 bits, whose products are exact.
function split(x) { const c = 134217729 * x, top = c - (c - x); return [top, x - top]; }

function product(x, y) {
  const p = x * y, [a, b] = split(x), [c, d] = split(y);
  return [p, a * c - p + a * d + b * c + b * d];
}

// The root of x^2 + y^2 within 0.51 ulp, where Math.hypot may be 2 off: what its square lacks, of numbers near 1.
function hypot(x, y) {
  const size = Math.max(Math.abs(x), Math.abs(y)), rough = Math.hypot(x, y);
  if (!(size > 0 && size < Infinity)) return rough;
  const scale = 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(size))));
  const a = x / scale, b = y / scale, z = Math.sqrt(a * a + b * b);
  const [aa, da] = product(a, a), [bb, db] = product(b, b), [zz, dz] = product(z, z);
  const [most, least] = aa > bb ? [aa, bb] : [bb, aa];
  return (z + (most - zz + least + (da + db - dz)) / (2 * z)) * scale;
}

// --- quotients, powers, whole numbers ---------------------------------------------------------------

function quotient(x, y) {
  if (y === 0) throw new Refused("ZeroDivisionError", "division by zero");
  return x / y;
}

// x to the power y; Math.pow gives nan where C and Python have 1.
function raised(x, y) {
  return x === 1 || x === -1 && Math.abs(y) === Infinity ? 1 : Math.pow(x, y);
}

function overflows(z, x, y) { return Math.abs(z) === Infinity && isFinite(x) && isFinite(y); }

// x % y as in Python: the remainder has the sign of y.
function modulo(x, y) {
  if (y === 0) quotient(x, y);
  const r = x % y;
  return r === 0 ? (y < 0 ? -0 : 0) : r < 0 !== y < 0 ? r + y : r;
}

// x // y as in Python: the quotient is taken without the remainder, so that it is a whole number.
function fits(x, y) {
  const there = quotient(x, y), r = x % y;
  let q = (x - r) / y;
  if (r !== 0 && r < 0 !== y < 0) q -= 1;
  if (q === 0) return there < 0 || Object.is(there, -0) ? -0 : 0;
  const down = Math.floor(q);
  return q - down > 0.5 ? down + 1 : down;
}

// What is left of x when the nearest multiple of y > 0 is taken away; exact.
function remainder(x, y) {
  if (Math.abs(x) === Infinity) throw domainError();
  const size = Math.abs(x), r = size % y, rest = y - r;
  const left = r < rest ? r : r > rest ? -rest : r - 2 * ((size - r) / 2 % y);
  return x < 0 || Object.is(x, -0) ? -left : left;
}

// x rounded half to even, to so many decimal digits; in whole numbers of any length, for no product is exact.
function nearest(x, digits = 0) {
  if (!isFinite(x) || x === 0 || digits > 323) return x;
  if (digits < -308) return 0 * x;
  let top = Math.abs(x), twos = 0;
  for (; !Number.isInteger(top); twos++) top *= 2;
  const ten = 10n ** BigInt(Math.abs(digits)), over = 2n ** BigInt(twos) * (digits < 0 ? ten : 1n);
  const all = BigInt(top) * (digits > 0 ? ten : 1n), down = all / over, left = all % over * 2n;
  const up = left > over || left === over && down % 2n === 1n;
  const z = Number(`${down + (up ? 1n : 0n)}e${-digits}`);
  return Math.sign(x) * bounded(z, x);
}

// --- the error function -----------------------------------------------------------------------------

// The published coefficients of fdlibm, each P/Q from the constant upwards: the quotients are within 2^-57 of
// (erf x - x)/x over x^2, of erf x - 0.845 over |x| - 1, and of ln(x e^(x^2) erfc x) + 0.5625 over 1/x^2.
const ERF = {
  below: [[1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
           -5.77027029648944159157e-03, -2.37630166566501626084e-05],
          [1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
           1.32494738004321644526e-04, -3.96022827877536812320e-06]],
  around: [[-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
            3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02,
            -2.16637559486879084300e-03],
           [1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
            1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02]],
  above: [[-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
           -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02,
           -8.12874355063065934246e+01, -9.81432934416914548592e+00],
          [1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
           6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02,
           6.57024977031928170135e+00, -6.04244152148580987438e-02]],
  far: [[-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
         -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03,
         -4.83519191608651397019e+02],
        [1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
         3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02,
         -2.24409524465858183362e+01]],
};

const AT_ONE = 8.45062911510467529297e-01;               // erf 1, to the 24 bits that the sums below leave exact

// By pairs, as the libraries of C do: (a + b x) + x^2 (c + d x) + ...
function polynomial(coefficients, x) {
  const square = x * x;
  let z = coefficients[0] + x * coefficients[1];
  for (let k = 2, power = square; k < coefficients.length; k += 2, power *= square)
    z += power * (k + 1 < coefficients.length ? coefficients[k] + x * coefficients[k + 1] : coefficients[k]);
  return z;
}

function rational([over, under], x) { return polynomial(over, x) / polynomial(under, x); }

// erfc x for x >= 1.25; e^(-x^2) by way of the first 21 bits of x, whose square is exact, and the rest of it.
function tail(x) {
  const step = 2 ** (Math.floor(Math.log2(x)) - 20), near = Math.floor(x / step) * step;
  const r = rational(x < 1 / 0.35 ? ERF.above : ERF.far, 1 / (x * x));
  return Math.exp(-near * near - 0.5625) * Math.exp((near - x) * (near + x) + r) / x;
}

// Within 1 ulp.
function erf(x) {
  const size = Math.abs(x);
  if (size < 0.84375) return x + x * rational(ERF.below, x * x);
  const z = size < 1.25 ? AT_ONE + rational(ERF.around, size - 1) : size < 6 ? 1 - tail(size) : size >= 6 ? 1 : x;
  return x < 0 ? -z : z;
}

// Within 3 ulp, as that of C; the tail is a product of two exponentials.
function erfc(x) {
  if (Math.abs(x) < 0.84375) {
    const rest = x * rational(ERF.below, x * x);
    return x < 0.25 ? 1 - (x + rest) : 0.5 - (x - 0.5 + rest);
  }
  if (x < 0) return x <= -6 ? 2 : x <= -1.25 ? 2 - tail(-x) : 1 + (AT_ONE + rational(ERF.around, -x - 1));
  return x < 1.25 ? 1 - AT_ONE - rational(ERF.around, x - 1) : x < 28 ? tail(x) : x >= 28 ? 0 : x;
}

// --- rows of any number of operands -----------------------------------------------------------------

function larger(x, y) { return x > y ? x : y >= x ? y : x + y; }

function smaller(x, y) { return x < y ? x : y <= x ? y : x + y; }

function added(xs) { return xs.reduce((x, y) => x + y, 0); }

function shared(z, ...xs) {
  const wins = xs.filter(x => x === z).length;
  return xs.map(x => wins === 0 ? NaN : x === z ? 1 / wins : shut);
}

function shares(...xs) {
  const top = xs.reduce(larger);
  if (Math.abs(top) === Infinity) return shared(top, ...xs);
  const es = xs.map(x => exp(x - top)), whole = added(es);
  return es.map(e => e / whole);
}

function swapped(xs) {
  const n = xs.length >> 1;
  return [...xs.slice(n, 2 * n), ...xs.slice(0, n)];
}

function weighted(z, from, xs) {
  const n = xs.length >> 1;
  for (let k = from; k < n; k++) z += xs[k] * xs[n + k];
  return z;
}

const MAXIMUM = {value: (...xs) => xs.reduce(larger), slopes: shared};

const MINIMUM = {value: (...xs) => xs.reduce(smaller), slopes: shared};

const TOTAL = {value: (...xs) => xs.reduce((x, y) => x + y), slopes: (z, ...xs) => xs.map(() => 1)};

const DOT = {value: (...xs) => weighted(xs[0] * xs[xs.length >> 1], 1, xs), slopes: (z, ...xs) => swapped(xs)};

const AFFINE = {value: (...xs) => weighted(xs[xs.length - 1], 0, xs), slopes: (z, ...xs) => [...swapped(xs), 1]};

const LOGSUMEXP = {
  value: (...xs) => {
    const top = xs.reduce(larger), first = xs.indexOf(top);
    if (!isFinite(top)) return top;
    return top + log1p(added(xs.filter((x, k) => k !== first).map(x => exp(x - top))));
  },
  slopes: (z, ...xs) => shares(...xs),
};

const SOFTMAX = {
  value: (...xs) => Number(shares(...xs)[0]),
  slopes: (z, ...xs) => {
    const [y, ...others] = shares(...xs);                // whole numbers, as shut is one in Python, know no -0
    return [y * added(others), ...others.map(other => y === shut || y === 1 && other === shut ? 0 : -y * other)];
  },
};

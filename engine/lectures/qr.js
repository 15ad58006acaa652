// QR: a text as a QR code (ISO/IEC 18004), in bytes, at level L, up to version 20, which is 858 of them. It knows no page.

const CHECKS = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28];     // per block
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];

// The rows of modules, true for dark; null where the text is too long.
function matrix(text) {
  const bytes = [...new TextEncoder().encode(text)], version = CHECKS.findIndex((_, k) => bytes.length <= holds(k + 1)) + 1;
  if (!version) return null;
  const words = interleaved(worded(bytes, version), version), plan = patterns(version);
  zigzag(plan, words);
  const masked = MASKS.map((mask, k) => inMask(plan, mask, k));
  return masked.reduce((best, next) => ugliness(next) < ugliness(best) ? next : best);
}

// --- words ------------------------------------------------------------------------------------------

function codewords(version) {                            // all of them: what the patterns leave of the square
  const aligned = version > 1 ? Math.floor(version / 7) + 2 : 0;
  let modules = (16 * version + 128) * version + 64;
  if (aligned) modules -= (25 * aligned - 10) * aligned - 55;
  if (version >= 7) modules -= 36;
  return modules >> 3;
}

const inData = version => codewords(version) - CHECKS[version - 1] * BLOCKS[version - 1];
const holds = version => inData(version) - (version < 10 ? 2 : 3);

function worded(bytes, version) {                        // mode, length, bytes, end, and filling
  const bits = (x, n) => x.toString(2).padStart(n, "0"), count = inData(version);
  let all = "0100" + bits(bytes.length, version < 10 ? 8 : 16) + bytes.map(x => bits(x, 8)).join("");
  all = (all + "0000").slice(0, 8 * count);
  all = all.padEnd(8 * Math.ceil(all.length / 8), "0");
  const words = all.match(/.{8}/g).map(x => parseInt(x, 2));
  for (let k = 0; words.length < count; k++) words.push(k % 2 ? 0x11 : 0xec);
  return words;
}

function times(x, y) {                                   // in the field of 256 elements, by the polynomial 0x11d
  let z = 0;
  for (let k = 7; k >= 0; k--) z = (z << 1) ^ (z >> 7) * 0x11d ^ (y >> k & 1) * x;
  return z;
}

function generator(degree) {                             // (x - 1)(x - 2)(x - 4)..., without its leading 1
  const all = [...Array(degree - 1).fill(0), 1];
  for (let k = 0, root = 1; k < degree; k++, root = times(root, 2))
    for (let j = 0; j < degree; j++) all[j] = times(all[j], root) ^ (all[j + 1] ?? 0);
  return all;
}

function checks(words, divisor) {                        // the remainder of the words by the generator
  const rest = divisor.map(() => 0);
  for (const word of words) {
    const factor = word ^ rest.shift();
    rest.push(0);
    divisor.forEach((x, k) => { rest[k] ^= times(x, factor); });
  }
  return rest;
}

function interleaved(words, version) {                   // block by block with its checks, then word by word of each
  const blocks = BLOCKS[version - 1], short = Math.floor(words.length / blocks), long = words.length % blocks, divisor = generator(CHECKS[version - 1]);
  let at = 0;
  const parts = Array.from({length: blocks}, (_, k) => words.slice(at, at += short + (k >= blocks - long)));
  const columns = lists => Array.from({length: Math.max(...lists.map(list => list.length))}, (_, k) => lists.flatMap(list => k < list.length ? [list[k]] : [])).flat();
  return [...columns(parts), ...columns(parts.map(part => checks(part, divisor)))];
}

// --- modules ----------------------------------------------------------------------------------------

function patterns(version) {                           // the patterns that every code of the version has; fixed: theirs
  const size = 17 + 4 * version, blank = () => Array.from({length: size}, () => Array(size).fill(false));
  const plan = {size, version, dark: blank(), fixed: blank()};
  const square = (cx, cy, radius, isDark) => {
    for (let y = cy - radius; y <= cy + radius; y++) for (let x = cx - radius; x <= cx + radius; x++)
      if (x >= 0 && y >= 0 && x < size && y < size) put(plan, x, y, isDark(Math.max(Math.abs(x - cx), Math.abs(y - cy))));
  };
  for (let k = 0; k < size; k++) { put(plan, 6, k, k % 2 === 0); put(plan, k, 6, k % 2 === 0); }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, r => r !== 2 && r !== 4);
  const places = aligned(version, size), end = places.length - 1;
  places.forEach((x, i) => places.forEach((y, j) => { if (!(!i && !j || !i && j === end || i === end && !j)) square(x, y, 2, r => r !== 1); }));
  form(plan, 0);
  if (version >= 7) for (let k = 0, bits = version << 12 | leftOver(version, 12, 0x1f25); k < 18; k++) {
    const a = size - 11 + k % 3, b = Math.floor(k / 3), on = (bits >> k & 1) === 1;
    put(plan, a, b, on); put(plan, b, a, on);
  }
  return plan;
}

function put({dark, fixed}, x, y, on) { dark[y][x] = on; fixed[y][x] = true; }

function aligned(version, size) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2, step = Math.ceil((4 * version + 4) / (2 * count - 2)) * 2;
  return [6, ...Array.from({length: count - 1}, (_, k) => size - 7 - step * (count - 2 - k))];
}

function leftOver(x, bits, polynomial) {
  for (let k = 0, top = x; k < bits; k++, x = top) top = x << 1 ^ (x >> bits - 1) * polynomial;
  return x;
}

function form(plan, mask) {                              // level L and the mask, twice, and the module that is always dark
  const told = 1 << 3 | mask, bits = (told << 10 | leftOver(told, 10, 0x537)) ^ 0x5412, size = plan.size, on = k => (bits >> k & 1) === 1;
  for (let k = 0; k < 15; k++) {
    put(plan, k < 8 ? 8 : k === 8 ? 7 : 14 - k, k < 6 ? k : k < 8 ? k + 1 : 8, on(k));
    if (k < 8) put(plan, size - 1 - k, 8, on(k)); else put(plan, 8, size - 15 + k, on(k));
  }
  put(plan, 8, size - 8, true);
}

function zigzag({size, dark, fixed}, words) {            // two columns at a time, from the right, up and down
  let at = 0;
  for (let right = size - 1, up = true; right > 0; right -= right === 8 ? 3 : 2, up = !up)
    for (let k = 0; k < size; k++) for (const x of [right, right - 1]) {
      const y = up ? size - 1 - k : k;
      if (!fixed[y][x]) { dark[y][x] = (words[at >> 3] >> 7 - (at & 7) & 1) === 1; at++; }
    }
}

const MASKS = [(x, y) => (x + y) % 2, (x, y) => y % 2, x => x % 3, (x, y) => (x + y) % 3, (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
               (x, y) => x * y % 2 + x * y % 3, (x, y) => (x * y % 2 + x * y % 3) % 2, (x, y) => ((x + y) % 2 + x * y % 3) % 2];

function inMask(plan, mask, k) {
  const masked = {...plan, dark: plan.dark.map((row, y) => row.map((on, x) => plan.fixed[y][x] ? on : on !== (mask(x, y) === 0)))};
  form(masked, k);
  return masked.dark;
}

function ugliness(dark) {                                // what a reader may take for something else: long runs, blocks, finders
  const size = dark.length, rows = dark.map(row => row.map(Number).join("")), columns = rows.map((_, x) => rows.map(row => row[x]).join(""));
  let sum = 0, count = 0;
  for (const run of [...rows, ...columns]) {
    for (const [same] of run.matchAll(/0{5,}|1{5,}/g)) sum += same.length - 2;
    sum += 40 * [...run.matchAll(/(?=10111010000|00001011101)/g)].length;
  }
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    count += dark[y][x];
    if (x && y && dark[y][x] === dark[y][x - 1] && dark[y][x] === dark[y - 1][x] && dark[y][x] === dark[y - 1][x - 1]) sum += 3;
  }
  return sum + 10 * Math.floor(Math.abs(count * 20 - size * size * 10) / (size * size));
}

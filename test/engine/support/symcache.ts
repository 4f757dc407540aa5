/** The header's fields after 40 bytes of what it is of, and the bytes that an entry of each table has. */
const TABLES = [
  ["files", 12],
  ["functions", 16],
  ["locations", 16],
  ["ranges", 4],
] as const;

const HEADER = 80;

const NONE = 0xffffffff;

/**
 * The functions and lines that a symcache has for an address, the innermost first. Read here by its form, version 8, and not
 * by the library that wrote it: https://docs.rs/crate/symbolic-symcache/12.14.1/source/src/raw.rs
 */
export function lookUp(symcache: Buffer, address: number): string[] {
  const number = (at: number) => symcache.readUInt32LE(at);
  const magic = symcache.toString("latin1", 0, 4);
  if (magic !== "SYMC" || number(4) !== 8) throw new Error(`no symcache of version 8: ${magic} ${number(4)}`);
  let at = HEADER;
  const [files, functions, locations, ranges] = TABLES.map(([name, size], index) => {
    const count = number(44 + 4 * index);
    const start = at;
    // Each table begins at a multiple of eight.
    at = Math.ceil((start + count * size) / 8) * 8;
    if (count === 0 || at > symcache.length) throw new Error(`no ${name}, or more than the file has: ${count}`);
    return { count, entry: (which: number) => start + which * size };
  }) as [Table, Table, Table, Table];
  const strings = at;
  const text = (offset: number) => {
    if (offset === NONE) return "";
    let [length, from, shift] = [0, strings + offset, 0];
    for (let byte = 128; byte >= 128; shift += 7) {
      byte = symcache.readUInt8(from++);
      length += (byte % 128) * 2 ** shift;
    }
    return symcache.toString("utf8", from, from + length);
  };
  let range = -1;
  while (range + 1 < ranges.count && number(ranges.entry(range + 1)) <= address) range++;
  if (range < 0) return [];
  // The last locations are those of the ranges; those before them are what these were inlined into.
  let location = locations.count - ranges.count + range;
  const found: string[] = [];
  while (location !== NONE) {
    const [file, line, called, into] = [0, 4, 8, 12].map((field) => number(locations.entry(location) + field));
    if (called === NONE) break;
    const name = text(number(functions.entry(called as number)));
    const path =
      file === NONE ? "" : [4, 8].map((field) => text(number(files.entry(file as number) + field))).join("/");
    found.push(`${name} at ${path}:${line}`);
    location = into as number;
  }
  return found;
}

interface Table {
  count: number;
  entry: (which: number) => number;
}

/** Addresses of one family from the first to the last, both in it. */
export type AddressRange = { readonly bits: 32 | 128; readonly first: bigint; readonly last: bigint };

/** An IPv4 address that is written as IPv6 counts as what it is. Source: RFC 4291 §2.5.5.2. */
const mapped = 0xffffn << 32n;

/** An address as a number; undefined where it is none. A zone (`%eth0`) says which cable, not who: it falls away. */
function readAddress(text: string): { readonly bits: 32 | 128; readonly value: bigint } | undefined {
  const four = readFour(text);
  if (four !== undefined) return { bits: 32, value: four };
  const value = readSix(text.replace(/%[A-Za-z0-9._-]+$/, ''));
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { bits: 32, value: value - mapped } : { bits: 128, value };
}

/** Four decimal numbers. A leading zero is refused: some programs read it as octal. */
function readFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

/** Source: RFC 4291 §2.2. */
function readSix(text: string): bigint | undefined {
  const sides = text.split('::');
  if (sides.length > 2) return undefined;
  const read = sides.map((side, at) => readGroups(side, at === sides.length - 1));
  const [head, tail] = read;
  if (head === undefined || (sides.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  // `::` stands for one group of zeros at least.
  if (sides.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...(tail ?? [])];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Groups of sixteen bits; the last of them may be written as IPv4. */
function readGroups(side: string, last: boolean): bigint[] | undefined {
  if (side === '') return [];
  const groups: bigint[] = [];
  const parts = side.split(':');
  for (const [at, part] of parts.entries()) {
    const four = last && at === parts.length - 1 ? readFour(part) : undefined;
    if (four !== undefined) groups.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

/** An address, a network, or a range; undefined where it is none, or where a network's address has bits behind its length. */
export function readRange(text: string): AddressRange | undefined {
  const [one = '', other, more] = text.split('-').map((part) => part.trim());
  if (more !== undefined) return undefined;
  if (other !== undefined) {
    const [from, to] = [readAddress(one), readAddress(other)];
    if (from === undefined || to === undefined || from.bits !== to.bits || from.value > to.value) return undefined;
    return { bits: from.bits, first: from.value, last: to.value };
  }
  const [address = '', length, rest] = one.split('/');
  const read = readAddress(address);
  if (read === undefined || rest !== undefined) return undefined;
  if (length === undefined) return { bits: read.bits, first: read.value, last: read.value };
  // Of IPv4 written as IPv6 the length counts from the beginning of the IPv6 address.
  const written = address.includes(':') ? 128 : 32;
  const prefix = Number(length) - (written - read.bits);
  if (!/^\d{1,3}$/.test(length) || prefix < 0 || prefix > read.bits) return undefined;
  const size = 1n << BigInt(read.bits - prefix);
  return read.value % size === 0n ? { bits: read.bits, first: read.value, last: read.value + size - 1n } : undefined;
}

/** The one spelling of a range: what `readRange` reads as the same. */
export function spellRange({ bits, first, last }: AddressRange): string {
  const size = last - first + 1n;
  if (size === 1n) return spellAddress(bits, first);
  const power = size.toString(2).length - 1;
  if (1n << BigInt(power) === size && first % size === 0n) return `${spellAddress(bits, first)}/${bits - power}`;
  return `${spellAddress(bits, first)}-${spellAddress(bits, last)}`;
}

/** Source: RFC 5952 §4: small letters, no leading zeros, the first of the longest runs of zeros as `::`. */
function spellAddress(bits: 32 | 128, value: bigint): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  let [start, longest] = [0, 1];
  for (let at = 0; at < 8; at += 1) {
    let run = 0;
    while (groups[at + run] === '0') run += 1;
    if (run > longest) [start, longest] = [at, run];
  }
  if (longest < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + longest).join(':')}`;
}

/** Whether an address is in any of these ranges; what is no address is in none. Nothing is in an empty list. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const read = readAddress(address);
  if (read === undefined) return false;
  return ranges.some((text) => {
    const range = readRange(text);
    return range !== undefined && range.bits === read.bits && range.first <= read.value && read.value <= range.last;
  });
}

/** Range matching of DA, TM and DT (PS3.4 §C.2.2.2.5). */

/** In microseconds, as bigint: in year 2400 a double counts them in eights. */
type Interval = { readonly from: bigint | number; readonly to: bigint | number };

/** The shape of one date or time, partial ones included; the standard's old dots and colons are dropped before. */
const shapes: Readonly<Record<string, RegExp>> = {
  DA: /^\d{4}(\d\d){0,2}$/,
  TM: /^\d\d(\d\d){0,2}(\.\d{1,6})?$/,
  DT: /^\d{4}(\d\d){0,5}(\.\d{1,6})?([+-]\d{4})?$/,
};

/** Whether any of the values lies in the key, which is one moment (`20200131`) or a range (`-b`, `a-`, `a-b`). */
export function matchesDateTime(vr: 'DA' | 'TM' | 'DT', values: readonly string[], key: string): boolean {
  const range = parseKey(vr, tidy(vr, key));
  if (range === undefined) return values.some((value) => value === key);
  return values.some((value) => {
    const moment = interval(vr, tidy(vr, value));
    return moment !== undefined && moment.from >= range.from && moment.from <= range.to;
  });
}

function tidy(vr: string, text: string): string {
  const trimmed = text.trim();
  if (vr === 'DA') return trimmed.replace(/\./g, '');
  return vr === 'TM' ? trimmed.replace(/:/g, '') : trimmed;
}

function parseKey(vr: string, key: string): Interval | undefined {
  const one = interval(vr, key);
  if (one !== undefined) return one;
  // The hyphen of a DT range and that of an offset look alike: take the first cut that leaves two good halves.
  for (let cut = key.indexOf('-'); cut >= 0; cut = key.indexOf('-', cut + 1)) {
    const [left, right] = [key.slice(0, cut).trim(), key.slice(cut + 1).trim()];
    const from = left === '' ? { from: Number.NEGATIVE_INFINITY } : interval(vr, left);
    const to = right === '' ? { to: Number.POSITIVE_INFINITY } : interval(vr, right);
    if (from !== undefined && to !== undefined && left + right !== '') return { from: from.from, to: to.to };
  }
  return undefined;
}

/** What a partial date or time covers, in microseconds; local times without an offset are read as UTC. */
function interval(vr: string, text: string): Interval | undefined {
  if (!shapes[vr]!.test(text)) return undefined;
  const offset = vr === 'DT' ? /[+-]\d{4}$/.exec(text)?.[0] : undefined;
  const offsetMinutes = offset === undefined ? 0 : minutes(offset);
  // 2020-2021 is a range of years: offsets end at ±14:00.
  if (Math.abs(offsetMinutes) > 14 * 60) return undefined;
  const [whole = '', fraction = ''] = text.slice(0, text.length - (offset?.length ?? 0)).split('.');
  const padded = vr === 'TM' ? `00010101${whole}` : whole;
  const parts = [padded.slice(0, 4), ...(padded.slice(4).match(/\d\d/g) ?? [])].map(Number);
  const from = moment(parts) + BigInt(fraction.padEnd(6, '0')) - BigInt(offsetMinutes) * 60_000_000n;
  const next = [...parts];
  next[next.length - 1]! += 1;
  const length = fraction === '' ? moment(next) - moment(parts) : 10n ** BigInt(6 - fraction.length);
  return { from, to: from + length - 1n };
}

function minutes(offset: string): number {
  const size = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3));
  return offset.startsWith('-') ? -size : size;
}

/** Months and days beyond the calendar roll over, which keeps odd values in order. */
function moment(parts: readonly number[]): bigint {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  // Years below 100 mean the 20th century to Date.UTC: shift by one 400-year cycle.
  return BigInt(Date.UTC(year + 400, month - 1, day, hour, minute, second)) * 1000n;
}

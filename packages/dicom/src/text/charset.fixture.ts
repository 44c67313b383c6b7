import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { gb18030Codes, gb18030Pointer, gbkCodes } from './chinese-codes.ts';
import { byRegistration } from './code-sets.ts';

export const python = '/usr/bin/python3';
export const pydicomData = '/usr/lib/python3/dist-packages/pydicom/data';
export const iconv = '/usr/bin/iconv';
export const dcmconv = '/usr/bin/dcmconv';
export const absent = (...paths: readonly string[]): boolean =>
  paths.some((path) => !existsSync(path)) && process.env.CI !== 'true';

export const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));

const every = Array.from({ length: 0x10000 }, (_, unit) => unit);
const asText = (units: readonly number[]): string[] => units.map((unit) => String.fromCharCode(unit));

/** Every character beyond ASCII that may be written in the set of that number, or in GBK, GB18030, UTF-8. */
export function repertoire(set: number | 'GBK' | 'GB18030' | 'UTF-8'): string[] {
  if (typeof set === 'number') {
    const table = byRegistration.get(set)!.encoding();
    return asText(every.filter((unit) => table[unit] !== 0));
  }
  if (set === 'GBK') return asText(every.filter((unit) => gbkCodes()[unit] !== 0));
  if (set === 'GB18030') {
    const has = (unit: number): boolean => gb18030Codes()[unit] !== 0 || gb18030Pointer(unit) >= 0;
    const isSurrogateOrMark = (unit: number): boolean => (unit >= 0xd800 && unit <= 0xdfff) || unit === 0xfeff;
    return [...asText(every.filter((unit) => unit >= 0xa0 && !isSurrogateOrMark(unit) && has(unit))), '😀', '𠀋', '𪚥'];
  }
  return [...'äЛΔשก王洪山や홍ｱ€ऄ😀𠀋'];
}

/** What python prints, as JSON, when it is handed `input` as JSON. */
export function askPython(script: string, input: unknown): unknown {
  const out = execFileSync(python, ['-W', 'ignore', '-c', script], {
    input: JSON.stringify(input),
    maxBuffer: 2 ** 28,
    timeout: 60_000,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return JSON.parse(out.toString('utf8'));
}

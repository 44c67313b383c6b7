import { readFileSync, statSync } from 'node:fs';
import { realFiles } from '../../../packages/testbed/src/index.ts';

/** One small file of each transfer syntax, of those that nobody here wrote, with a preamble that says nothing. */
export function smallRealFiles(atMostBytes: number): { readonly name: string; readonly bytes: Buffer }[] {
  const chosen = new Map<string, { readonly name: string; readonly bytes: Buffer }>();
  for (const file of realFiles()) {
    if (file.class === 'malformed' || statSync(file.path).size > atMostBytes) continue;
    const bytes = readFileSync(file.path);
    if (bytes.toString('latin1', 128, 132) !== 'DICM' || bytes.subarray(0, 128).some((byte) => byte !== 0)) continue;
    const at = bytes.indexOf(Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49]));
    if (at < 0) continue;
    const syntax = bytes.toString('latin1', at + 8, at + 8 + bytes.readUInt16LE(at + 6));
    if (!chosen.has(syntax)) chosen.set(syntax, { name: file.name, bytes });
  }
  return [...chosen.values()];
}

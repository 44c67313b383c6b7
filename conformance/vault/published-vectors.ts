import { readFileSync } from 'node:fs';

/** The vectors as the format pages publish them: the pages are what the tests read, so that neither can drift. */
type StreamVector = { plain: Uint8Array; sealedBytes: number; ends: string; sha256: string };
type CellVector = { kind: string; plain: Uint8Array; sealed: string };

export const vectorKey = counting(0x00, 32);
export const vectorKeyId = counting(0xa0, 16);
export const vectorStreamContext = counting(0xc0, 8);
export const vectorSalt = counting(0x50, 32);
export const vectorNoncePrefix = counting(0x70, 7);
export const vectorCellNonce = counting(0x80, 12);

const streamPage = page('sealed-stream.md');
const cellPage = page('sealed-cell.md');

export const vectorHeader = /begin with the same 104 bytes:\s+((?:[0-9a-f]+\s+)+)/
  .exec(streamPage)![1]!
  .replace(/\s/g, '');

export const streamVectors: StreamVector[] = [
  ...streamPage.matchAll(/^\| (\d+) \| (\d+) \| `([0-9a-f]{48})` \| `([0-9a-f]{64})` \|$/gm),
].map(([, plainBytes, sealedBytes, ends, sha256]) => ({
  plain: Uint8Array.from({ length: Number(plainBytes) }, (_, j) => j % 251),
  sealedBytes: Number(sealedBytes),
  ends: ends!,
  sha256: sha256!,
}));

export const cellVectors: CellVector[] = [
  ...cellPage.matchAll(/^\| (cell|wrap) \| (?:none|`([0-9a-f]+)`) \| `([0-9a-f]+)` \|$/gm),
].map(([, kind, plain, sealed]) => ({ kind: kind!, plain: bytes(plain ?? ''), sealed: sealed! }));

/** The example of an encoded list in the section "Context". */
export const vectorContext = /^ {4}(01 00000007 [0-9a-f ]+)$/m.exec(cellPage)![1]!.replaceAll(' ', '');

export function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex');
}

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function counting(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => from + i);
}

function page(name: string): string {
  return readFileSync(new URL(`../../docs/formats/${name}`, import.meta.url), 'utf8');
}

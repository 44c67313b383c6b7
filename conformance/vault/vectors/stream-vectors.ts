import { context, sealWhole, streamSegmentBytes } from '../../../packages/vault/src/index.ts';
import { base64, chosen, counting, drawing, hex, sha256 } from './fixed.ts';

/** A part of a published stream, or bytes of its own: what a touched stream is put together from. */
export type Piece = { readonly of: string; readonly from: number; readonly to: number } | { readonly hex: string };

export type StreamVector = {
  readonly name: string;
  readonly key: string;
  readonly keyId: string;
  readonly context: string;
  readonly segmentBytes: number;
  readonly salt: string;
  readonly noncePrefix: string;
  readonly plainBytes: number;
  readonly plainSha256: string;
  readonly sealed: string;
};

export type RefusedStream = {
  readonly name: string;
  readonly why: string;
  readonly key: string;
  readonly keyId: string;
  readonly context: string;
  readonly pieces: readonly Piece[];
  readonly code: string;
  readonly releasedBytes: number;
};

const key = counting(0x00, 32);
const keyId = counting(0xa0, 16);
const here = context('pack', 'image', 'account', 'study', 'series', 'pack', 1);
const S = streamSegmentBytes;
const [first, later] = [S - 56, S - 16];

async function sealed(name: string, plainBytes: number, segmentBytes = S): Promise<StreamVector> {
  const plain = Uint8Array.from({ length: plainBytes }, (_, j) => j % 251);
  const [salt, noncePrefix] = [await chosen(`salt of ${name}`, 32), await chosen(`nonce prefix of ${name}`, 7)];
  const given = { key, keyId, context: here };
  const stream = Buffer.concat(await sealWhole(drawing(salt, noncePrefix), given, [plain], { segmentBytes }));
  return {
    name,
    key: hex(key),
    keyId: hex(keyId),
    context: hex(here),
    segmentBytes,
    salt: hex(salt),
    noncePrefix: hex(noncePrefix),
    plainBytes,
    plainSha256: sha256(plain),
    sealed: base64(stream),
  };
}

/** docs/formats/vectors/sealed-stream.json */
export async function streamVectors() {
  const streams = [
    await sealed('no byte', 0),
    await sealed('one byte', 1),
    await sealed('one byte, in the largest segment', 1, 2 ** 20),
    await sealed('one segment less a byte', first - 1),
    await sealed('one segment, full', first),
    await sealed('one segment, full, sealed again', first),
    await sealed('two segments, the last of one byte', first + 1),
    await sealed('two segments, both full', first + later),
    await sealed('three segments, all full', first + 2 * later),
  ];
  return { page: '../sealed-stream.md', plain: 'byte j is j mod 251', streams, refused: refused(streams) };
}

function refused(streams: readonly StreamVector[]): RefusedStream[] {
  const part = (of: string, from: number, to?: number): Piece => {
    const stream = streams.find(({ name }) => name === of)!;
    return { of, from, to: to ?? Buffer.from(stream.sealed, 'base64').length };
  };
  const three = (from: number, to?: number) => part('three segments, all full', from, to);
  const full = 'one segment, full';
  const end = (index: number) => 64 + (index + 1) * S;
  const own = { key: hex(key), keyId: hex(keyId), context: hex(here) };
  const row = (
    name: string,
    code: string,
    releasedBytes: number,
    why: string,
    pieces: readonly Piece[],
    other: Partial<typeof own> = {},
  ): RefusedStream => ({ name, why, ...own, ...other, pieces, code, releasedBytes });
  /** One byte of the three segments in another value than the one that stands there. */
  const changed = (at: number): Piece[] => {
    const stream = Buffer.from(streams.find(({ name }) => name === 'three segments, all full')!.sealed, 'base64');
    return [three(0, at), { hex: hex(Uint8Array.of(stream[at]! ^ 1)) }, three(at + 1)];
  };
  const whole = [three(0)];
  const elsewhere = (half: string, pack: string, version: number) => ({
    context: hex(context('pack', half, 'account', 'study', 'series', pack, version)),
  });
  const mismatch = 'VAULT_KEY_MISMATCH';
  const tag = 'VAULT_TAG_MISMATCH';
  return [
    row('another key', mismatch, 0, 'the commitment is of another key', whole, { key: hex(counting(0x01, 32)) }),
    row('another key id', mismatch, 0, 'the header names another key', whole, { keyId: hex(counting(0xa1, 16)) }),
    row('in the place of another pack', mismatch, 0, 'the context differs', whole, elsewhere('image', 'pack 2', 1)),
    row('in the place of the other half', mismatch, 0, 'the context differs', whole, elsewhere('identity', 'pack', 1)),
    row('in the place of another version', mismatch, 0, 'the context differs', whole, elsewhere('image', 'pack', 2)),
    row('no bytes', 'VAULT_TRUNCATED', 0, 'it ends before its magic does', []),
    row('cut within the magic', 'VAULT_TRUNCATED', 0, 'it ends before its magic does', [three(0, 7)]),
    row('cut within the headers', 'VAULT_TRUNCATED', 0, 'it ends before byte 104', [three(0, 103)]),
    row('cut within the first tag', 'VAULT_TRUNCATED', 0, 'segment 0 has no room for a tag', [three(0, 119)]),
    row('cut within a segment', tag, 0, 'what is left of segment 0 is not what was sealed', [three(0, 5000)]),
    row('cut after the first segment', 'VAULT_TRUNCATED', 0, 'segment 0 is not the last', [three(0, end(0))]),
    row('cut after the second segment', 'VAULT_TRUNCATED', first, 'segment 1 is not the last', [three(0, end(1))]),
    row('cut after a tag’s length', 'VAULT_LENGTH_WRONG', first, 'no later segment is empty', [three(0, end(0) + 16)]),
    row('another magic', 'VAULT_MAGIC_MISSING', 0, 'byte 0', changed(0)),
    row('version 0', 'VAULT_VERSION_UNKNOWN', 0, 'byte 8', changed(8)),
    row('version 2', 'VAULT_VERSION_UNKNOWN', 0, 'byte 8', [three(0, 8), { hex: '02' }, three(9)]),
    row('a segment size too small', 'VAULT_HEADER_WRONG', 0, 'byte 9 is 15', [three(0, 9), { hex: '0f' }, three(10)]),
    row('a segment size too large', 'VAULT_HEADER_WRONG', 0, 'byte 9 is 21', [three(0, 9), { hex: '15' }, three(10)]),
    row('another segment size', tag, 0, 'byte 9 is bound into the segment key', changed(9)),
    row('a reserved byte', 'VAULT_HEADER_WRONG', 0, 'byte 15', changed(15)),
    row('a changed key id', mismatch, 0, 'byte 16', changed(16)),
    row('a changed commitment', mismatch, 0, 'byte 63', changed(63)),
    row('another Tink header length', 'VAULT_HEADER_WRONG', 0, 'byte 64', changed(64)),
    row('a changed salt', tag, 0, 'byte 65: another segment key', changed(65)),
    row('a changed nonce prefix', tag, 0, 'byte 103: another nonce', changed(103)),
    row('a changed byte in the first segment', tag, 0, 'byte 104', changed(104)),
    row('a changed tag of the first segment', tag, 0, 'its last byte', changed(end(0) - 1)),
    row('a changed byte in the second segment', tag, first, 'its first byte', changed(end(0))),
    row('a changed tag of the last segment', tag, first + later, 'the last byte of all', changed(end(2) - 1)),
    row('segments that changed places', tag, first, 'segment 2 stands where 1 should', [
      three(0, end(0)),
      three(end(1)),
      three(end(0), end(1)),
    ]),
    row('a segment left out', tag, first, 'segment 2 stands where 1 should', [three(0, end(0)), three(end(1))]),
    row('a segment twice', tag, first + later, 'segment 1 stands where 2 should', [
      three(0, end(1)),
      three(end(0), end(1)),
      three(end(1)),
    ]),
    row('a segment more', 'VAULT_TRAILING_BYTES', first + later, 'segment 2 is the last, yet more follows', [
      three(0),
      { hex: '00'.repeat(17) },
    ]),
    row('bytes after a full last segment', 'VAULT_TRAILING_BYTES', 0, 'segment 0 is the last, yet more follows', [
      part(full, 0),
      { hex: '00'.repeat(17) },
    ]),
    row('the body of another stream of the same key and place', tag, 0, 'its segment key has another salt', [
      part(full, 0, 104),
      part(`${full}, sealed again`, 104),
    ]),
  ];
}

import { describe, expect, test } from 'vitest';
import { bulkForm, codeStream } from './store-media-types.ts';

const jpeg = (frameMarker: number, last: number): Uint8Array =>
  new Uint8Array([
    0xff,
    0xd8,
    0xff,
    0xfe,
    0,
    3,
    0,
    0xff,
    frameMarker,
    0,
    3,
    8,
    0xff,
    0xda,
    0,
    8,
    1,
    1,
    0,
    last,
    0,
    0,
    0,
    0,
  ]);
const j2k = (wavelet: number): Uint8Array =>
  new Uint8Array([0xff, 0x4f, 0xff, 0x51, 0, 3, 0, 0xff, 0x52, 0, 12, 0, 0, 0, 1, 0, 5, 4, 4, 0, wavelet, 0xff, 0x5c]);

const box = (type: string, content: Uint8Array, length = content.length + 8): Uint8Array => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
};
const signature = box('jP  ', new Uint8Array([13, 10, 0x87, 10]));

describe('the transfer syntax of compressed pixel data', () => {
  test.each([
    ['image/jpeg', jpeg(0xc0, 0), '4.50'],
    ['image/jpeg', jpeg(0xc1, 0), '4.51'],
    ['image/jpeg', jpeg(0xc2, 0), '4.55'],
    ['image/jpeg', jpeg(0xc3, 1), '4.70'],
    ['image/jpeg', jpeg(0xc3, 6), '4.57'],
    ['image/jpeg', new Uint8Array(0), '4.70'],
    ['image/x-jls', jpeg(0xf7, 0), '4.80'],
    ['IMAGE/JLS', jpeg(0xf7, 2), '4.81'],
    ['image/jp2', j2k(1), '4.90'],
    ['image/jp2', j2k(0), '4.91'],
    ['image/jpx', j2k(0), '4.93'],
    ['image/jphc', j2k(1), '4.201'],
    ['image/jphc', j2k(0), '4.203'],
    ['image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90', j2k(0), '4.90'],
    ['video/mp4', new Uint8Array(0), '4.102'],
  ])('%s %#', (type, stream, expected) => {
    expect(bulkForm(type, stream)).toMatchObject({
      transferSyntax: `1.2.840.10008.1.2.${expected}`,
      encapsulated: true,
    });
  });

  test('is none for plain values, whichever native one is named', () => {
    for (const type of [
      'application/octet-stream',
      'application/octet-stream; transfer-syntax="1.2.840.10008.1.2"',
      '',
      'constructor',
      '__proto__',
    ])
      expect(bulkForm(type, jpeg(0xc0, 0))).toEqual({
        transferSyntax: '1.2.840.10008.1.2.1',
        encapsulated: false,
        video: false,
      });
  });

  test.each(['1.2.840.10008.1.2.2', 'jpeg', `1.${'2'.repeat(70)}`])('%s is refused', (named) => {
    expect(() => bulkForm(`image/jpeg; transfer-syntax=${named}`, jpeg(0xc0, 0))).toThrow(
      expect.objectContaining({ code: 'DICOM_UNREADABLE' }),
    );
  });

  test('streams of any bytes, and cut anywhere, are read to an end', () => {
    for (const stream of [
      jpeg(0xc0, 0),
      j2k(0),
      new Uint8Array(64).fill(0xff),
      new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 0]),
    ])
      for (let length = 0; length <= stream.length; length += 1)
        for (const type of ['image/jpeg', 'image/jls', 'image/jp2'])
          expect(bulkForm(type, stream.subarray(0, length)).encapsulated).toBe(true);
  });
});

describe('a JP2 file', () => {
  const stream = j2k(1);

  test('is taken off the code stream in it, whichever length its boxes tell', () => {
    const header = box('jp2h', new Uint8Array(30));
    const long = Buffer.concat([box('jp2c', new Uint8Array([0, 0, 0, 0, 0, 0, 0, stream.length + 16]), 1), stream]);
    for (const last of [box('jp2c', stream), box('jp2c', stream, 0), long])
      expect(Buffer.from(codeStream(Buffer.concat([signature, header, last]))).equals(stream)).toBe(true);
  });

  test('that is none, or lies about its boxes, stays what it is', () => {
    const wrong = [stream, new Uint8Array(40), signature, Buffer.concat([signature, box('jp2c', stream, 9999)])];
    for (const bytes of [...wrong, Buffer.concat([signature, box('jp2h', new Uint8Array(30), 0)])])
      expect(codeStream(bytes)).toBe(bytes);
  });
});

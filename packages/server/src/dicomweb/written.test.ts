import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Found } from './selection.ts';
import { type Written, writtenOf } from './written.ts';

const deflatedWhole = '1.2.840.10008.1.2.1.99';

/** A textual element in explicit form, little endian. */
function element(tag: number, vr: string, value: string): Buffer {
  const bytes = Buffer.from(value.length % 2 === 0 ? value : `${value}${vr === 'UI' ? '\0' : ' '}`);
  const head = Buffer.alloc(vr === 'UT' ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (vr === 'UT') head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

function written(inflating: { left: number }, note = ''): Written | undefined {
  const meta = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x00020010, 'UI', deflatedWhole)]);
  const body = Buffer.concat([
    element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.88.11'),
    element(0x0040a040, 'CS', 'CONTAINER'),
    element(0x0040a160, 'UT', note),
  ]);
  const instance = { sopInstanceUid: '1.2.3', transferSyntax: deflatedWhole, cuts: [] };
  return writtenOf(Buffer.concat([meta, deflateRawSync(body)]), { instance } as unknown as Found, inflating);
}

test('reports that are deflated whole are inflated while something is left of what all of a study may take', () => {
  const inflating = { left: 150_000 };
  expect(written(inflating, 'x'.repeat(100_000))?.report?.title).toBe('Basic Text SR Storage');
  expect(inflating.left).toBeGreaterThan(0);
  expect(inflating.left).toBeLessThan(50_000);
  for (const left of [0, 0]) {
    expect(() => written(inflating, 'x'.repeat(100_000))).toThrow(
      expect.objectContaining({ code: 'PIXELS_NOT_RENDERABLE' }),
    );
    expect(inflating.left).toBe(left);
  }
});

test('none is inflated beyond what a picture would be', () => {
  const mebibyte = 1024 * 1024;
  const inflating = { left: 200 * mebibyte };
  expect(() => written(inflating, 'x'.repeat(65 * mebibyte))).toThrow(
    expect.objectContaining({ code: 'PIXELS_NOT_RENDERABLE' }),
  );
  expect(inflating.left).toBe(136 * mebibyte);
});

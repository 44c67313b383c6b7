import { setImmediate as soon } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ByteBudget } from '../platform/byte-budget.ts';
import type { Receiver } from '../platform/http/taken.ts';
import type { Found } from './selection.ts';
import { outgoingText, untilTaken, type Written, writtenOf } from './written.ts';

type Deps = Parameters<typeof outgoingText>[0];

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

function reportFile(note: string): Buffer {
  const meta = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x00020010, 'UI', deflatedWhole)]);
  const body = Buffer.concat([
    element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.88.11'),
    element(0x0040a040, 'CS', 'CONTAINER'),
    element(0x0040a160, 'UT', note),
  ]);
  return Buffer.concat([meta, deflateRawSync(body)]);
}

const found = { instance: { sopInstanceUid: '1.2.3', transferSyntax: deflatedWhole, cuts: [] } } as unknown as Found;

const written = (inflating: { left: number }, note = ''): Written | undefined =>
  writtenOf(reportFile(note), found, inflating);

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

test('headers of reports that their receivers do not take count together: the next is read when one is taken, or its receiver is gone', async () => {
  const outgoing = new ByteBudget(100 * 1024 * 1024);
  const deps = { memory: { outgoing }, reader: { identityHalf: async () => reportFile('x') } } as unknown as Deps;
  const over: (() => void)[] = [];
  const to: Receiver = {
    signal: new AbortController().signal,
    whenOver: (then) => {
      over.push(then);
      return () => {};
    },
    cut: () => {},
  };
  const one = await outgoingText(deps, found, to);
  const read: string[] = [];
  const other = outgoingText(deps, found, to).finally(() => void read.push('second'));
  const last = outgoingText(deps, found, to).finally(() => void read.push('third'));
  await soon();
  expect([read, outgoing.short]).toEqual([[], true]);
  const pieces: string[] = [];
  for await (const piece of untilTaken(one!.room, once(Buffer.from('a piece')))) pieces.push(String(piece));
  await other;
  await soon();
  expect([pieces, read]).toEqual([['a piece'], ['second']]);
  over[1]!();
  await last;
  over[2]!();
  expect(outgoing.short).toBe(false);
});

test('what is no report keeps no room', async () => {
  const outgoing = new ByteBudget(10);
  const identityHalf = async () => Buffer.from('no DICOM at all');
  const deps = { memory: { outgoing }, reader: { identityHalf } } as unknown as Deps;
  const to: Receiver = { signal: new AbortController().signal, whenOver: () => () => {}, cut: () => {} };
  for (let time = 0; time < 3; time++)
    await expect(outgoingText(deps, found, to)).rejects.toMatchObject({ code: 'PIXELS_NOT_RENDERABLE' });
});

async function* once<T>(one: T): AsyncGenerator<T> {
  yield one;
}

import type { DicomJson } from '@symbolon/dicom';
import { describe, expect, test } from 'vitest';
import type { PartResult, SentPart } from '../intake/index.ts';
import { ByteBudget, type Holding } from '../platform/byte-budget.ts';
import { Assembly, type AssemblyLimits } from './store-assembly.ts';

const mebibyte = 1024 * 1024;
const limits: AssemblyLimits = { metadataBytes: mebibyte, bulkBytes: 2 * mebibyte, instances: 10 };
const budgetBytes = 64 * mebibyte;

const instance = (n: number, uri?: string): DicomJson => ({
  '00080016': { vr: 'UI', Value: ['1.2'] },
  '00080018': { vr: 'UI', Value: [`1.3.${n}`] },
  '7FE00010': uri === undefined ? { vr: 'OW' } : { vr: 'OW', BulkDataURI: uri },
});

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** What it makes, each file read to its end as the store does, and how much of the budget is left then. */
function assembling(given: AssemblyLimits = limits) {
  const budget = new ByteBudget(budgetBytes);
  // The oldest could exceed the budget, and is none of those looked at.
  const oldest = budget.open();
  const assembly = new Assembly(budget, 'https://x/dicomweb/studies', given);
  const files: Buffer[] = [];
  const holdings: Holding[] = [];
  const refusals: string[] = [];
  const take = async (sent: AsyncIterable<SentPart | { refused: PartResult }> | Iterable<{ refused: PartResult }>) => {
    for await (const part of sent) {
      if ('refused' in part) {
        const { refused } = part;
        if ('refusal' in refused) refusals.push(refused.refusal.code);
      } else {
        const pieces: Uint8Array[] = [];
        for await (const piece of part.body) pieces.push(piece);
        files.push(Buffer.concat(pieces));
        holdings.push(part.holding!);
      }
    }
  };
  const metadata = (...models: readonly DicomJson[]) =>
    take(assembly.metadata('json', chunks(Buffer.from(JSON.stringify(models)))));
  const bulk = (location: string, bytes: number, fill = 1) =>
    take(assembly.bulk(new Map([['content-location', location]]), chunks(new Uint8Array(bytes).fill(fill))));
  const end = () => take(assembly.end());
  /** Whether so many bytes can be had at once. */
  const free = async (bytes: number): Promise<boolean> => {
    const other = budget.open();
    let had = false;
    void other.take(bytes).then(() => {
      had = true;
      other.release();
    });
    await new Promise((next) => setImmediate(next));
    return had;
  };
  return { assembly, metadata, bulk, end, files, holdings, refusals, free, oldest };
}

describe('memory', () => {
  test('bulk data that is read and used is no burden on what follows: many times what may wait goes through', async () => {
    const { metadata, bulk, end, files, holdings, refusals, assembly, free } = assembling();
    await metadata(...Array.from({ length: 8 }, (_, n) => instance(n, `b/${n}`)));
    for (let n = 0; n < 8; n += 1) {
      await bulk(`b/${n}`, 1.5 * mebibyte, n);
      expect(files[n]?.length).toBeGreaterThan(1.5 * mebibyte);
      expect(await free(budgetBytes)).toBe(false);
      holdings[n]?.release();
    }
    await end();
    expect(refusals).toEqual([]);
    assembly.release();
    expect(await free(budgetBytes)).toBe(true);
  });

  test('what waits and is too much is refused, and what it held is given back; the others are not concerned', async () => {
    const { metadata, bulk, end, files, holdings, refusals, assembly, free } = assembling();
    await bulk('b/1', 1.5 * mebibyte);
    await bulk('b/2', 1.5 * mebibyte);
    expect(await free(budgetBytes - 2 * mebibyte)).toBe(true);
    await metadata(instance(1, 'b/1'), instance(2, 'b/2'), instance(3, 'b/3'));
    await bulk('b/3', 1.5 * mebibyte);
    await end();
    expect(refusals).toEqual(['INSTANCE_TOO_LARGE']);
    expect(files).toHaveLength(2);
    for (const holding of holdings) holding.release();
    assembly.release();
    expect(await free(budgetBytes)).toBe(true);
  });

  test('whatever is refused gives back what it held, before the request ends', async () => {
    const { metadata, bulk, refusals, free } = assembling();
    await metadata(instance(1, 'a'), instance(2, 'a'), {}, { x: 1 } as unknown as DicomJson);
    await bulk('a', mebibyte);
    expect(refusals).toHaveLength(3);
    expect(await free(budgetBytes - 1.1 * mebibyte)).toBe(true);
  });

  test('parts without a byte take memory for what they are named, and are not without a limit', async () => {
    const { bulk, assembly, free } = assembling();
    const named = 'n'.repeat(15_000);
    await bulk(`${named}/1`, 0);
    expect(await free(budgetBytes - 25_000)).toBe(false);
    const flood = async (): Promise<void> => {
      for (let n = 2; n < 1000; n += 1) await bulk(`${named}/${n}`, 0);
    };
    await expect(flood()).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    assembly.release();
    expect(await free(budgetBytes)).toBe(true);
  });

  test('metadata that is brackets and nothing else is refused before it is read', async () => {
    const wide = { ...limits, metadataBytes: 4 * mebibyte };
    const { assembly, refusals } = assembling(wide);
    for (const hollow of ['{}', '[]']) {
      const text = `[{"00081140":{"vr":"SQ","Value":[${`${hollow},`.repeat(400_000)}{}]}}]`;
      for await (const part of assembly.metadata('json', chunks(Buffer.from(text))))
        if ('refused' in part && 'refusal' in part.refused) refusals.push(part.refused.refusal.message);
    }
    expect(refusals).toEqual(Array(2).fill(expect.stringContaining('brackets')));
    const items = Array.from({ length: 50_000 }, () => ({ '00081150': { vr: 'UI' } }));
    const filled = assembling(wide);
    await filled.metadata({ ...instance(1), '00081140': { vr: 'SQ', Value: items } });
    expect([filled.files.length, filled.refusals]).toEqual([1, []]);
  });

  test('metadata and instances beyond the limit end the request', async () => {
    const much = assembling();
    await expect(much.metadata({ '00080018': { vr: 'UI', Value: ['1'.repeat(mebibyte)] } })).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
    });
    const many = assembling();
    await expect(many.metadata(...Array.from({ length: 11 }, (_, n) => instance(n)))).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
    });
    many.assembly.release();
    expect(await many.free(budgetBytes)).toBe(true);
  });

  test('a file holds its part of the budget without a wait for it, though others wait before it', async () => {
    const { metadata, bulk, holdings, free } = assembling({ ...limits, bulkBytes: budgetBytes });
    await metadata(instance(1, 'a'));
    await bulk('a', 40 * mebibyte);
    expect(await free(30 * mebibyte)).toBe(false);
    holdings[0]?.release();
    expect(await free(30 * mebibyte)).toBe(true);
  });
});

test('a request of files alone puts nothing before them in the line for memory', async () => {
  const budget = new ByteBudget(10);
  const assembly = new Assembly(budget, 'https://x/dicomweb/studies', limits);
  const file = budget.open();
  // Only who is first in line may go beyond the limit.
  await file.take(100);
  assembly.release();
});

test('frames that are too many, numbered wrongly or too few are not guessed at', async () => {
  for (const [places, told] of [
    [['p', 'p', 'p'], 'DICOM_UNREADABLE'],
    [['p/frames/1', 'p/frames/3'], 'DICOM_UNREADABLE'],
    [['p/frames/2', 'p/frames/2'], 'DICOM_UNREADABLE'],
    [['p/frames/2'], 'DICOM_UNREADABLE'],
    [['p/frames/2', 'p/frames/1'], undefined],
  ] as const) {
    const { metadata, bulk, end, files, refusals } = assembling();
    if (told && places.length > 2) for (const place of places) await bulk(place, 10);
    await metadata({ ...instance(1, 'p'), '00280008': { vr: 'IS', Value: ['2'] } });
    if (!told || places.length <= 2) for (const place of places) await bulk(place, 10);
    await end();
    expect([files.length, refusals[0]], places.join()).toEqual(told ? [0, told] : [1, undefined]);
  }
});

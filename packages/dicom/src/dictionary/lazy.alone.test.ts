import { expect, test, vi } from 'vitest';
import { parseFile } from '../index.ts';
import { element, implicitLe, part10, uid } from '../part10.fixture.ts';

const reads = vi.hoisted(() => ({ elements: 0, uids: 0 }));

vi.mock('./generated/elements.ts', async (original) => {
  const table = await original<typeof import('./generated/elements.ts')>();
  return {
    get elementLines() {
      reads.elements++;
      return table.elementLines;
    },
    get repeatingLines() {
      reads.elements++;
      return table.repeatingLines;
    },
  };
});
vi.mock('./generated/uids.ts', async (original) => {
  const table = await original<typeof import('./generated/uids.ts')>();
  return {
    get uidLines() {
      reads.uids++;
      return table.uidLines;
    },
  };
});

test('parsing explicit VR reads neither table; implicit VR reads that of elements', () => {
  const explicit = parseFile(part10(uid.explicit, element(0x00080060, 'CS', 'CT'), element(0x00091001, 'UN', 'abcd')));
  expect(explicit.dataset.elements.get(0x00080060)!.vr).toBe('CS');
  expect(reads).toEqual({ elements: 0, uids: 0 });

  const implicit = parseFile(part10(uid.implicit, element(0x00080060, 'CS', 'CT', implicitLe)));
  expect(implicit.dataset.elements.get(0x00080060)!.vr).toBe('CS');
  expect(reads.elements).toBeGreaterThan(0);
  expect(reads.uids).toBe(0);
});

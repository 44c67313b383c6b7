import { describe, expect, test } from 'vitest';
import { type DataSet, parseFile } from '../index.ts';
import { codeOf, element, part10, uid } from '../part10.fixture.ts';
import { newPlan } from './plan.ts';
import { blockOf, reserveBlock } from './private-block.ts';

const named = { group: 0x0029, creator: 'SYMBOLON', element: 0x10 };
const dataSet = (...elements: Uint8Array[]): DataSet => parseFile(part10(uid.explicit, ...elements)).dataset;
const creator = (block: number, name: string) => element(0x00290000 + block, 'LO', name);

describe('a block is found', () => {
  test('by its creator, wherever it is, padding apart', () => {
    expect(blockOf(dataSet(creator(0x10, 'OTHER'), creator(0xff, 'SYMBOLON')), named)).toBe(0x0029ff10);
    expect(blockOf(dataSet(creator(0x10, 'ODD')), { ...named, creator: 'ODD', element: 0xff })).toBe(0x002910ff);
  });

  test('the first of two, and none where the creator differs or stands in another group', () => {
    expect(blockOf(dataSet(creator(0x11, 'SYMBOLON'), creator(0x12, 'SYMBOLON')), named)).toBe(0x00291110);
    expect(blockOf(dataSet(creator(0x10, 'symbolon')), named)).toBeUndefined();
    expect(blockOf(dataSet(element(0x002b0010, 'LO', 'SYMBOLON')), named)).toBeUndefined();
    expect(blockOf(dataSet(creator(0x0f, 'SYMBOLON')), named)).toBeUndefined();
  });
});

describe('a block is reserved', () => {
  test('where neither a creator nor an element is, and once for a creator', () => {
    const plan = newPlan(dataSet(creator(0x10, 'OTHER'), element(0x00291101, 'LO', 'xx')));
    expect(reserveBlock(plan, named)).toBe(0x00291210);
    expect(reserveBlock(plan, { ...named, element: 0x11 })).toBe(0x00291211);
    expect(reserveBlock(plan, { ...named, creator: 'SECOND' })).toBe(0x00291310);
    expect([...plan.elements.keys()]).toEqual([0x00290012, 0x00290013]);
  });

  test('not where there is one already, and in a data set that is to be made as well', () => {
    const known = newPlan(dataSet(creator(0x20, 'SYMBOLON')));
    expect(reserveBlock(known, named)).toBe(0x00292010);
    expect(known.elements.size).toBe(0);
    expect(reserveBlock(newPlan(undefined), named)).toBe(0x00291010);
  });

  test('until none is left', () => {
    const full = Array.from({ length: 0xf0 }, (_, block) => creator(0x10 + block, `C${block}`));
    expect(codeOf(() => reserveBlock(newPlan(dataSet(...full)), named))).toBe('DICOM_EDIT_INVALID');
    expect(reserveBlock(newPlan(dataSet(...full.slice(0, -1))), named)).toBe(0x0029ff10);
  });
});

test('what is no private tag is refused before it is looked for', () => {
  const groups = [0x0028, 1, 7, 0xffff, 0x10029, 0.5].map((group) => ({ ...named, group }));
  const creators = ['', ' a', 'a ', 'a\\b', 'x'.repeat(65)].map((name) => ({ ...named, creator: name }));
  const elements = [-1, 256, 0.5].map((one) => ({ ...named, element: one }));
  for (const wrong of [...groups, ...creators, ...elements]) {
    expect(codeOf(() => blockOf(dataSet(), wrong))).toBe('DICOM_EDIT_INVALID');
    expect(codeOf(() => reserveBlock(newPlan(undefined), wrong))).toBe('DICOM_EDIT_INVALID');
  }
  expect(blockOf(dataSet(), { ...named, group: 9, creator: 'x'.repeat(64) })).toBeUndefined();
});

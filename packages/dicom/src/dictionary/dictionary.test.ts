import { expect, test } from 'vitest';
import { implicitVr, lookupTag, tagOfKeyword } from './dictionary.ts';
import { elementLines, repeatingLines } from './generated/elements.ts';
import { tags, tagText } from './tags.ts';
import { knownVrs } from './vr.ts';

const lines = elementLines.split('\n');
const tableTags = lines.map((line) => Number.parseInt(line.slice(0, 8), 16));

test('every named tag is the dictionary’s tag of that keyword', () => {
  for (const [keyword, tag] of Object.entries(tags)) {
    expect([keyword, tagOfKeyword(keyword)]).toEqual([keyword, tag]);
    expect(lookupTag(tag)!.keyword).toBe(keyword);
  }
});

test('an entry has VR, VM, name, and whether it is retired', () => {
  expect(lookupTag(0x00100010)).toEqual({
    keyword: 'PatientName',
    vr: 'PN',
    vm: '1',
    name: "Patient's Name",
    retired: false,
  });
  expect(lookupTag(0x00080001)).toEqual({
    keyword: 'LengthToEnd',
    vr: 'UL',
    vm: '1',
    name: 'Length to End',
    retired: true,
  });
  expect(lookupTag(0x00280106)!.vr).toBe('US/SS');
  expect(lookupTag(0x00280400)).toMatchObject({ keyword: 'TransformLabel', retired: true });
});

test('keyword and tag are a bijection, and the table stands in the order of tags', () => {
  const keywords = tableTags.map((tag) => lookupTag(tag)!.keyword);
  expect(keywords.length).toBeGreaterThan(5_200);
  expect(new Set(keywords).size).toBe(keywords.length);
  expect(keywords.map((keyword) => tagOfKeyword(keyword))).toEqual(tableTags);
  expect(tableTags).toEqual([...new Set(tableTags)].sort((a, b) => a - b));
});

test('every row is well formed: keyword, VRs of PS3.5, VM, no private group', () => {
  for (const line of [...lines, ...repeatingLines.split('\n')]) {
    const tag = Number.parseInt(line.slice(0, 8).replaceAll('x', '0'), 16);
    const { keyword, vr, vm, name } = lookupTag(tag)!;
    expect(keyword, line).toMatch(/^[A-Za-z][A-Za-z0-9]*$/);
    expect(vm, line).toMatch(/^\d+(-(\d+|\d*n))?$/);
    expect(name, line).toMatch(/^\S.*\S$/);
    for (const one of vr === '' ? [] : vr.split('/')) expect(knownVrs.has(one), line).toBe(true);
    expect(vr === '', line).toBe(tag >>> 16 === 0xfffe);
    expect((tag >>> 16) & 1, line).toBe(0);
  }
});

test('the groups of other Parts are there: commands, file meta, directory, real-time video, delimiters, padding', () => {
  const known: [number, string, string][] = [
    [0x00000100, 'CommandField', 'US'],
    [0x00000901, 'OffendingElement', 'AT'],
    [0x00020010, 'TransferSyntaxUID', 'UI'],
    [0x00020026, 'SourcePresentationAddress', 'UR'],
    [0x00041220, 'DirectoryRecordSequence', 'SQ'],
    [0x00060001, 'CurrentFrameFunctionalGroupsSequence', 'SQ'],
    [0xfffcfffc, 'DataSetTrailingPadding', 'OB'],
    [0xfffee000, 'Item', ''],
    [0xfffee0dd, 'SequenceDelimitationItem', ''],
  ];
  for (const [tag, keyword, vr] of known) expect(lookupTag(tag), keyword).toMatchObject({ keyword, vr });
});

test('what editions after the package’s have brought is there, with the keywords of the standard', () => {
  expect(tagOfKeyword('PersonNamesToUseSequence')).toBe(0x00100011);
  expect(tagOfKeyword('SexParametersForClinicalUseCategorySequence')).toBe(0x00100043);
  expect(tagOfKeyword('PyramidUID')).toBe(0x00080019);
  expect(lookupTag(0x7fe00003)).toMatchObject({ keyword: 'EncapsulatedPixelDataValueTotalLength', vr: 'UV' });
  expect(lookupTag(0x00102160)).toMatchObject({ keyword: 'EthnicGroup', retired: true });
  expect(tagOfKeyword('EthnicGroups')).toBe(0x00102162);
});

test('repeating groups and elements answer for each of theirs, and no keyword of theirs has one tag', () => {
  expect(lookupTag(0x60003000)!.keyword).toBe('OverlayData');
  expect(lookupTag(0x601e3000)!.keyword).toBe('OverlayData');
  expect(lookupTag(0x50fe3000)!.keyword).toBe('CurveData');
  expect(lookupTag(0x00203100)!.keyword).toBe('SourceImageIDs');
  expect(lookupTag(0x002031ff)!.keyword).toBe('SourceImageIDs');
  expect(lookupTag(0x00280432)!.keyword).toBe('CoefficientCoding');
  expect(lookupTag(0x10001233)!.keyword).toBe('HuffmanTableTriplet');
  expect(lookupTag(0x1010abcd)!.keyword).toBe('ZonalMap');
  expect(lookupTag(0x7f020010)!.keyword).toBe('VariablePixelData');
  expect(lookupTag(0x7fe00010)!.keyword).toBe('PixelData');
  expect(tagOfKeyword('OverlayData')).toBeUndefined();
});

test('private and unknown tags, and what is no tag, find nothing', () => {
  for (const tag of [
    0x60013000,
    0x00091001,
    0x00090010,
    0x00080009,
    0x00203200,
    0x7f000012,
    0xfffffffe,
    -1,
    0.5,
    NaN,
  ]) {
    expect(lookupTag(tag), String(tag)).toBeUndefined();
  }
});

test('names that objects have of themselves are no keywords', () => {
  for (const name of ['__proto__', 'constructor', 'toString', '', 'patientname', 'Patient Name']) {
    expect(tagOfKeyword(name), name).toBeUndefined();
  }
});

test('implicit VR: alternatives are decided, private elements are UN but for their creators', () => {
  expect(implicitVr(0x00280106, false)).toBe('US');
  expect(implicitVr(0x00280106, true)).toBe('SS');
  expect(implicitVr(0x7fe00010, false)).toBe('OW');
  expect(implicitVr(0x60023000, true)).toBe('OW');
  expect(implicitVr(0x00283006, false)).toBe('OW');
  expect(implicitVr(0x00090010, false)).toBe('LO');
  expect(implicitVr(0x00091001, false)).toBe('UN');
  expect(implicitVr(0x00090000, false)).toBe('UL');
  expect(implicitVr(0x00080000, false)).toBe('UL');
  expect(implicitVr(0x00080009, false)).toBe('UN');
  for (const tag of tableTags) {
    for (const signed of [false, true]) expect(knownVrs.has(implicitVr(tag, signed)), tagText(tag)).toBe(true);
  }
});

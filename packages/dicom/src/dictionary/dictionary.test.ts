import { expect, test } from 'vitest';
import { isTransferSyntax, lookupTag, tagOfKeyword, tags, tagText, uidName } from '../index.ts';

test('every named tag is the dictionary’s tag of that keyword', () => {
  for (const [keyword, tag] of Object.entries(tags)) {
    expect([keyword, tagOfKeyword(keyword)]).toEqual([keyword, tag]);
    expect(lookupTag(tag)!.keyword).toBe(keyword);
  }
});

test('an entry has VR, VM and name', () => {
  expect(lookupTag(0x00100010)).toEqual({ keyword: 'PatientName', vr: 'PN', vm: '1', name: "Patient's Name" });
  expect(lookupTag(0x00280106)!.vr).toBe('US/SS');
});

test('repeating groups answer for each of their groups, private and unknown tags for none', () => {
  expect(lookupTag(0x60023000)!.keyword).toBe('OverlayData');
  expect(lookupTag(0x50fe3000)!.keyword).toBe('CurveData');
  expect(lookupTag(0x60013000)).toBeUndefined();
  expect(lookupTag(0x00091001)).toBeUndefined();
  expect(lookupTag(0x00080009)).toBeUndefined();
});

test('keywords that objects have of themselves are no keywords', () => {
  expect(tagOfKeyword('__proto__')).toBeUndefined();
  expect(tagOfKeyword('constructor')).toBeUndefined();
});

test('UIDs have names, tags eight digits, transfer syntaxes a root of their own', () => {
  expect(uidName('1.2.840.10008.5.1.4.1.1.2')).toBe('CT Image Storage');
  expect(uidName('1.2.3')).toBeUndefined();
  expect(tagText(0xfffee00d)).toBe('FFFEE00D');
  expect(isTransferSyntax('1.2.840.10008.1.2.4.70')).toBe(true);
  expect(isTransferSyntax('1.2.840.10008.1.20.1')).toBe(false);
});

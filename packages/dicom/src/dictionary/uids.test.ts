import { expect, test } from 'vitest';
import { uidLines } from './generated/uids.ts';
import { isDeflatedWhole, isEncapsulated, isTransferSyntax } from './transfer-syntax.ts';
import { lookupUid, uidName, uidOfKeyword } from './uids.ts';

const uids = uidLines.split('\n').map((line) => `1.2.840.10008.${line.slice(0, line.indexOf('|'))}`);
const transferSyntaxes = uids.filter((uid) => lookupUid(uid)!.kind === 'Transfer Syntax');

test('a UID has name, keyword, kind, and whether it is retired', () => {
  expect(lookupUid('1.2.840.10008.5.1.4.1.1.2')).toEqual({
    name: 'CT Image Storage',
    keyword: 'CTImageStorage',
    kind: 'SOP Class',
    retired: false,
  });
  expect(lookupUid('1.2.840.10008.1.2.2')).toEqual({
    name: 'Explicit VR Big Endian',
    keyword: 'ExplicitVRBigEndian',
    kind: 'Transfer Syntax',
    retired: true,
  });
  expect(lookupUid('1.2.840.10008.1.20.1.1')!.kind).toBe('Well-known SOP Instance');
  expect(lookupUid('1.2.840.10008.1.4.1.1')!.kind).toBe('Well-known frame of reference');
  expect(uidName('1.2.840.10008.5.1.4.1.1.2')).toBe('CT Image Storage');
});

test('keyword and UID are a bijection, and every row is well formed', () => {
  expect(uids.length).toBeGreaterThan(480);
  expect(new Set(uids).size).toBe(uids.length);
  expect(uids.map((uid) => uidOfKeyword(lookupUid(uid)!.keyword))).toEqual(uids);
  for (const uid of uids) {
    expect(uid).toMatch(/^[\d.]{14,64}$/);
    expect(lookupUid(uid)!.keyword, uid).toMatch(/^[A-Za-z0-9_]+$/);
    expect(lookupUid(uid)!.name, uid).toMatch(/^\S.*\S$/);
  }
});

test('what editions after the package’s have brought is there', () => {
  expect(uidName('1.2.840.10008.1.2.4.110')).toBe('JPEG XL Lossless');
  expect(uidName('1.2.840.10008.1.2.4.201')).toBe('High-Throughput JPEG 2000 Image Compression (Lossless Only)');
  expect(uidName('1.2.840.10008.1.2.8.1')).toBe('Deflated Image Frame Compression');
  expect(uidOfKeyword('LabelMapSegmentationStorage')).toBe('1.2.840.10008.5.1.4.1.1.66.7');
  expect(uidOfKeyword('InventoryStorage')).toBe('1.2.840.10008.5.1.4.1.1.201.1');
});

test('unknown UIDs and names that objects have of themselves find nothing', () => {
  for (const uid of ['1.2.3', '1.2.840.10008.', '', '__proto__', 'constructor', '1.2.840.10008.1.2 ']) {
    expect(lookupUid(uid), uid).toBeUndefined();
    expect(uidName(uid), uid).toBeUndefined();
    expect(uidOfKeyword(uid), uid).toBeUndefined();
  }
});

test('isTransferSyntax is right about every UID of the standard but one', () => {
  /** Retired, of PAPYRUS 3 and never of a Part 10 file; it stands among the SOP classes' numbers. */
  const papyrus = uidOfKeyword('Papyrus3ImplicitVRLittleEndian')!;
  expect(lookupUid(papyrus)).toMatchObject({ kind: 'Transfer Syntax', retired: true });
  expect(transferSyntaxes.length).toBeGreaterThan(60);
  expect(uids.filter(isTransferSyntax)).toEqual(transferSyntaxes.filter((uid) => uid !== papyrus));
});

test('the transfer syntaxes deflated whole are those that the standard names Deflated or Deflate, frames apart', () => {
  const named = transferSyntaxes.filter((uid) => /\bDeflated?\b(?! Image Frame)/.test(uidName(uid)!));
  expect(transferSyntaxes.filter(isDeflatedWhole)).toEqual(named);
});

test('pixel data is native in the syntaxes that the standard names by VR and byte order, in fragments in every codec’s', () => {
  const native = transferSyntaxes.filter((uid) => /^((Im|Ex)plicit|Deflated Ex).* Endian$/.test(uidName(uid)!));
  const codecs = transferSyntaxes.filter((uid) => /JPEG|MPEG|HEVC|RLE|^Encapsulated|Image Frame/.test(uidName(uid)!));
  expect(native.map((uid) => lookupUid(uid)!.keyword)).toEqual([
    'ImplicitVRLittleEndian',
    'ExplicitVRLittleEndian',
    'DeflatedExplicitVRLittleEndian',
    'ExplicitVRBigEndian',
  ]);
  expect(codecs.length).toBeGreaterThan(45);
  expect(native.filter(isEncapsulated)).toEqual([]);
  expect(codecs.filter((uid) => !isEncapsulated(uid))).toEqual([]);
});

/** Transfer syntaxes by what the parser must know of them (PS3.5 §10 and Annex A). All others are explicit little endian. */
export const implicitLittleEndian = '1.2.840.10008.1.2';
export const explicitLittleEndian = '1.2.840.10008.1.2.1';
export const explicitBigEndian = '1.2.840.10008.1.2.2';

/** The whole data set is one deflate stream. Deflated Image Frame (…1.2.8.1) is not one of them: it deflates frames. */
const deflatedWhole = new Set(['1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.4.95', '1.2.840.10008.1.2.4.205']);

/** Pixel data native, not in fragments. */
const native = new Set([implicitLittleEndian, explicitLittleEndian, explicitBigEndian, '1.2.840.10008.1.2.1.99']);

/** Nothing of PS3.6 table A-1 under this root is anything but a transfer syntax. */
const standardRoot = /^1\.2\.840\.10008\.1\.2(\.\d+)*$/;

export function isTransferSyntax(uid: string): boolean {
  return standardRoot.test(uid);
}

export function isDeflatedWhole(uid: string): boolean {
  return deflatedWhole.has(uid);
}

/** Whether pixel data of this transfer syntax comes in fragments. Private syntaxes are taken as encapsulated. */
export function isEncapsulated(uid: string): boolean {
  return !native.has(uid) && !deflatedWhole.has(uid);
}

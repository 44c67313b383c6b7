const digits = (index: number, width: number) => String(index).padStart(width, '0');

/** How media, exports and people name DICOM files; every one takes the index, so that no two collide. */
const shapes: readonly ((index: number) => string)[] = [
  (index) => `IM${digits(index, 4)}`,
  (index) => `IM${digits(index, 4)}`,
  (index) => `IM${digits(index, 4)}`,
  (index) => `DICOM/PA000001/ST000001/SE000001/${digits(index, 8)}`,
  (index) => `a/b/weird name é ${index}.dcm`,
  (index) => `slice-${index}.DCM`,
  (index) => `1.2.840.99999.${index}`,
  (index) => `日本/画像 (${index}).dcm`,
  (index) => `-dash first ${index}`,
  (index) => `it's "quoted" $(touch no) & ; ${index}.dcm`,
  (index) => `${'deep/'.repeat(12)}${index}`,
  (index) => `.hidden ${index}`,
  (index) => `100%25 <b>${index}</b>.jpg`,
];

export const fileName = (index: number): string => shapes[index % shapes.length]!(index + 1);

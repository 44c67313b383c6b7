import { type RealFile, realFiles } from '@symbolon/testbed';

/** Every real file once: Debian's copies of pydicom's files are the corpus's, byte for byte, where both have one. */
export const files: readonly RealFile[] = [
  ...new Map(
    realFiles().map((file) => [file.source === 'pydicom' ? `pydicom/${file.name}` : file.name, file] as const),
  ),
]
  .map(([name, file]) => ({ ...file, name }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

export const withCorpus = files.some(({ source }) => source === 'corpus');

import { type Row, textOf } from '../writing/element.ts';
import { type Part10Options, type TransferSyntax, writePart10 } from '../writing/write.ts';

export type SyntheticFile = {
  /** A relative path, different for every file of one generator; `/` only ever parts folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
};

export function syntheticFile(
  name: string,
  rows: readonly Row[],
  to: TransferSyntax,
  options?: Part10Options,
): SyntheticFile {
  return {
    name,
    bytes: writePart10(rows, to, options),
    sopInstanceUid: textOf(rows, '0008,0018'),
    seriesInstanceUid: textOf(rows, '0020,000E'),
    studyInstanceUid: textOf(rows, '0020,000D'),
  };
}

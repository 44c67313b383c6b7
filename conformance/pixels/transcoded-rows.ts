/** What `compare_transcoded.py` says of one file in one transfer syntax. */
export type TranscodedRow = {
  readonly name: string;
  readonly target: string;
  /** The source's transfer syntax. */
  readonly from: string;
  /** It was in that syntax already, and is as it was. */
  readonly copied: boolean;
  readonly photometric: string;
  readonly photometricIsRight: boolean;
  /** Whether DCMTK reads all files of the target to their end. */
  readonly dcmdump: boolean;
  /** Tags that differ and may not. */
  readonly header: readonly string[];
  /** Readers whose values are those of the source, or are not. */
  readonly equal: readonly string[];
  readonly unequal: readonly string[];
  readonly unread: Readonly<Record<string, string>>;
  /** What was read as the source's values: the source, or of lossy ones the first file made of it. */
  readonly reference: string;
};

/** PS3.5 §8.2: YBR_RCT is what JPEG 2000 makes of RGB, and stands nowhere else. */
function isRight(target: string, photometric: string): boolean {
  const within = target === 'jpeg-2000' || target.startsWith('htj2k');
  return within ? photometric !== 'RGB' && photometric !== 'YBR_ICT' : !/^YBR_(RCT|ICT)$/.test(photometric);
}

export function transcodedRows(lines: string): TranscodedRow[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const row = JSON.parse(line) as TranscodedRow;
      return { ...row, photometricIsRight: row.copied || isRight(row.target, row.photometric) };
    });
}

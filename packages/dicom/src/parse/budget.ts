import { DicomError, type DicomWarning, type DicomWarningCode } from '../errors.ts';

/** Hostile input must not buy memory with oddities: the first ones tell enough. */
const maxWarnings = 1_000;

/** What is spent over one whole file, group 0002 and data set together. */
export type Budget = {
  readonly maxDepth: number;
  readonly maxElements: number;
  readonly oddLength: 'accept' | 'refuse';
  readonly duplicates: 'accept' | 'identical' | 'refuse';
  readonly warnings: DicomWarning[];
  elements: number;
};

export function warn(budget: Budget, code: DicomWarningCode, at: number): void {
  if (budget.warnings.length < maxWarnings) budget.warnings.push({ code, at });
}

export function spend(budget: Budget, at: number): void {
  if (++budget.elements > budget.maxElements) {
    throw new DicomError('DICOM_TOO_MANY_ELEMENTS', 'More elements, items and fragments than the budget allows', at);
  }
}

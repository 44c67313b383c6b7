import type { ParseOptions } from '../element.ts';
import { DicomError, type DicomWarning, type DicomWarningCode } from '../errors.ts';

/** Hostile input must not buy memory with oddities: the first ones tell enough. */
const maxWarnings = 1_000;
const mebibyte = 1024 * 1024;

/** What may be spent, and was, over one whole file: group 0002 and data set together. */
export type Budget = {
  readonly maxDepth: number;
  readonly maxElements: number;
  readonly maxHeaderBytes: number;
  readonly maxInflatedBytes: number;
  readonly duplicates: 'accept' | 'identical' | 'refuse';
  readonly refuse: readonly DicomWarningCode[];
  readonly warnings: DicomWarning[];
  elements: number;
};

export function budgetOf(options: ParseOptions): Budget {
  return {
    maxDepth: options.maxDepth ?? 100,
    maxElements: options.maxElements ?? 1_000_000,
    maxHeaderBytes: options.maxHeaderBytes ?? 256 * mebibyte,
    maxInflatedBytes: options.maxInflatedBytes ?? 256 * mebibyte,
    duplicates: options.duplicates ?? 'identical',
    refuse: options.refuse ?? [],
    warnings: [],
    elements: 0,
  };
}

/** `at` is an offset in the file. @throws DicomError `code`, where that doubt is to be refused */
export function warn(budget: Budget, code: DicomWarningCode, at: number): void {
  if (budget.refuse.includes(code)) throw new DicomError(code, 'What is doubtful here is refused', at);
  if (budget.warnings.length < maxWarnings) budget.warnings.push({ code, at });
}

/** @throws DicomError DICOM_TOO_MANY_ELEMENTS */
export function spend(budget: Budget, at: number): void {
  if (++budget.elements > budget.maxElements) {
    throw new DicomError('DICOM_TOO_MANY_ELEMENTS', 'More elements, items and fragments than the budget allows', at);
  }
}

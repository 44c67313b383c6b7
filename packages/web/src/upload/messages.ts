/** What the page and its worker say to each other. Identity travels here and stays in memory; nothing of it is written. */

/** `given`: chosen by itself, not found in a folder. `path` is a name for people and the receipt, and nothing else. */
export type Chosen = { readonly file: File; readonly path: string; readonly given: boolean };

/** Why files are not sent, or were not taken, as a person would sort them. */
export const groups = [
  'conflict',
  'cut short',
  'damaged',
  'uid wrong',
  'too large',
  'changed',
  'unreadable',
  'not stored',
  'zip broken',
  'zip encrypted',
  'zip unsupported',
  'zip limit',
  'zip in zip',
  'not dicom',
  'table of contents',
  'copy',
  'hidden file',
  'receipt',
] as const;
export type Group = (typeof groups)[number];

/** What is no failure: it is no image, and nobody meant it as one. */
export const harmless: ReadonlySet<Group> = new Set(['table of contents', 'copy', 'hidden file', 'receipt']);

/** An image that was meant to be sent, and could not be read: whoever sends a disc must not miss it. */
const broken: ReadonlySet<Group> = new Set([
  'cut short',
  'damaged',
  'uid wrong',
  'too large',
  'unreadable',
  'zip broken',
  'zip encrypted',
  'zip unsupported',
  'zip limit',
]);

export function brokenIn(left: readonly LeftGroup[]): number {
  return left.reduce((sum, { group, count }) => (broken.has(group) ? sum + count : sum), 0);
}

export type LeftEntry = {
  readonly path: string;
  readonly code: string;
  readonly reason: string;
  readonly sha256?: string;
};
export type LeftGroup = { readonly group: Group; readonly count: number; readonly example: string };

export type Patient = { readonly name: string; readonly id: string; readonly birthDate: string };

/** Units: bytes. `known` is false for files whose header cannot be read here; `mixed`: its files name several patients. */
export type StudyFacts = {
  readonly key: number;
  readonly known: boolean;
  readonly patient: Patient;
  readonly mixed: boolean;
  readonly date: string;
  readonly description: string;
  readonly modalities: readonly string[];
  readonly series: number;
  readonly images: number;
  readonly bytes: number;
  readonly heldImages: number;
  readonly heldBytes: number;
};

export type HeldAsked = 'not yet' | 'asking' | 'asked' | 'failed';

/** Units: bytes. `ofFiles` grows while folders are walked and zips opened. */
export type ScanFacts = {
  readonly running: boolean;
  readonly stopped: boolean;
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
  readonly held: HeldAsked;
};

export type HaltReason = 'signed out' | 'somebody else' | 'not allowed' | 'failed';

/** `since` and `retryAt` in milliseconds since 1970, so that the page can count by itself. */
export type SendState =
  | { readonly kind: 'sending' }
  | { readonly kind: 'waiting'; readonly since: number; readonly retryAt: number }
  | { readonly kind: 'pausing' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'halted'; readonly why: HaltReason; readonly code: string };

/** Units: bytes, bytes per second, milliseconds. `doneBytes` are acknowledged; `movedBytes` also those under way. */
export type SendFacts = {
  readonly state: SendState;
  readonly images: number;
  readonly ofImages: number;
  readonly doneBytes: number;
  readonly movedBytes: number;
  readonly ofBytes: number;
  readonly bytesPerSecond: number | undefined;
  readonly leftMs: number | undefined;
};

export type StudyProgress = {
  readonly key: number;
  readonly images: number;
  readonly ofImages: number;
  readonly refused: number;
};

export type EndFacts = {
  readonly taken: number;
  readonly takenBytes: number;
  readonly alreadyHeld: number;
  readonly refused: number;
  /** Chosen, but not sent, since it was ended before. */
  readonly notSent: number;
  readonly elapsedMs: number;
};

export type Receipts =
  | { readonly kind: 'asking' }
  | { readonly kind: 'ready'; readonly verified: boolean; readonly files: readonly { name: string; file: Blob }[] }
  | { readonly kind: 'failed'; readonly code: string };

export type ToWorker =
  | { readonly kind: 'add'; readonly chosen: readonly Chosen[] }
  | { readonly kind: 'unreadable'; readonly paths: readonly string[] }
  /** How many walks through folders are under way: the scan is not over before them. */
  | { readonly kind: 'walks'; readonly walks: number }
  | { readonly kind: 'stop scan' }
  | { readonly kind: 'ask held' }
  | { readonly kind: 'send'; readonly studies: readonly number[] }
  | { readonly kind: 'pause' | 'go on' | 'try now' | 'finish' | 'ask receipt' | 'csv' }
  | { readonly kind: 'list'; readonly group: Group; readonly from: number };

export type FromWorker =
  | {
      readonly kind: 'scan';
      readonly scan: ScanFacts;
      /** Those that changed since the last message. */
      readonly studies: readonly StudyFacts[];
      readonly left: readonly LeftGroup[];
    }
  | { readonly kind: 'send'; readonly send: SendFacts; readonly studies: readonly StudyProgress[] }
  | { readonly kind: 'ended'; readonly end: EndFacts; readonly left: readonly LeftGroup[] }
  | { readonly kind: 'receipts'; readonly receipts: Receipts }
  | { readonly kind: 'list'; readonly group: Group; readonly from: number; readonly entries: readonly LeftEntry[] }
  | { readonly kind: 'csv'; readonly file: Blob };

/** Entries of one `list` answer. */
export const listPage = 200;

import type { Outcome } from '@symbolon/client';
import type { ReceiptContents } from '@symbolon/contract';
import type { Group } from '../messages.ts';
import type { LeftBook } from '../scan/left-book.ts';
import type { Item } from '../scan/scan.ts';

type Taken = ReceiptContents['taken'][number];

/** Why the exchange, or the file itself, kept one from being taken. */
function refusedGroup(code: string): Group {
  switch (code) {
    case 'CONFLICT_KEPT_ASIDE':
      return 'conflict';
    case 'DICOM_UID_INVALID':
      return 'uid wrong';
    case 'INSTANCE_TOO_LARGE':
    case 'REQUEST_TOO_LARGE':
      return 'too large';
    case 'FILE_CHANGED':
      return 'changed';
    case 'DICOM_UNREADABLE':
    case 'DICOM_WRONG_STUDY':
      return 'damaged';
    default:
      return 'not stored';
  }
}

/** The books of one upload: every file that was chosen ends here once. Units: bytes. */
export class Outcomes {
  readonly taken: Taken[] = [];
  readonly settled = new Set<Item>();
  readonly #left: LeftBook;
  takenCount = 0;
  takenBytes = 0;
  alreadyHeld = 0;
  refused = 0;
  doneBytes = 0;

  constructor(left: LeftBook) {
    this.#left = left;
  }

  /** `tried`: it was under way before, so that being held means that it arrived then. Answers whether it is refused. */
  settle(item: Item, outcome: Outcome, tried: boolean): boolean {
    const { source, sha256 } = item;
    const { path, bytes } = source;
    this.settled.add(item);
    this.doneBytes += bytes;
    if (outcome.kind === 'refused') {
      this.refused += 1;
      this.#left.add(refusedGroup(outcome.code), { path, code: outcome.code, reason: outcome.reason, sha256 });
      return true;
    }
    const arrived = outcome.kind === 'taken' || (tried && outcome.held === undefined && !item.held);
    const kind = arrived ? 'taken' : 'already held';
    if (arrived) {
      this.takenCount += 1;
      this.takenBytes += bytes;
    } else this.alreadyHeld += 1;
    const entry: Taken = { path, sha256, bytes, outcome: kind };
    this.taken.push(outcome.held === undefined ? entry : { ...entry, held: outcome.held });
    return false;
  }
}

import {
  askReceipt,
  ClientError,
  type Clock,
  canVerifyReceipts,
  type Exchange,
  maxReceiptFiles,
  Patience,
  requestReceipt,
} from '@symbolon/client';
import { type ReceiptContents, receiptText } from '@symbolon/contract';
import type { Receipts } from '../messages.ts';
import { newHasher } from '../scan/digest.ts';
import { fromCommonFolder } from './receipt-names.ts';

type Entries = Pick<ReceiptContents, 'taken' | 'refused'>;
const giveUpAfterMs = 60_000;

/** `receipt.json`, then `receipt.2.json`, … where one cannot hold all files. */
function partName(part: number): string {
  return part === 0 ? 'receipt.json' : `receipt.${part + 1}.json`;
}

/** Asks for receipts over everything that was taken or is held, and believes them only when they verify, where the browser can. */
export async function receiptsOf(exchange: Exchange, clock: Clock, entries: Entries): Promise<Receipts> {
  try {
    const { taken, refused } = fromCommonFolder(entries);
    const patience = new Patience(clock, { giveUpAfterMs, maxDelayMs: 10_000 });
    const verified = await canVerifyReceipts();
    const ask = verified ? askReceipt : requestReceipt;
    const sorted = [...taken].sort((a, b) => (a.path < b.path ? -1 : 1));
    const files: { name: string; file: Blob }[] = [];
    for (let at = 0; at === 0 || at < sorted.length; at += maxReceiptFiles) {
      const part = sorted.slice(at, at + maxReceiptFiles);
      const contents = { taken: part, refused: at === 0 ? refused.slice(0, maxReceiptFiles) : [] };
      const receipt = await patience.persist(() => ask(exchange, contents, newHasher));
      files.push({
        name: partName(files.length),
        file: new Blob([receiptText(receipt)], { type: 'application/json' }),
      });
    }
    return { kind: 'ready', verified, files };
  } catch (error) {
    return { kind: 'failed', code: error instanceof ClientError ? (error.problemCode ?? error.code) : 'PAGE_FAILED' };
  }
}

import { type ReceiptStatement, receiptFormat, signedBytes } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { type KeyService, receiptKeyName } from '../keys/index.ts';
import { IntakeError } from './errors.ts';
import { type HeldDeps, heldAmong } from './held.ts';

export type ReceiptDeps = HeldDeps & {
  readonly keyService: KeyService;
  readonly audit: Audit;
  readonly publicUrl: string;
  readonly now: () => Date;
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Signs that these files are held, byte for byte. Each is looked up: nothing is signed on the sender's word. */
export async function createReceipt(
  deps: ReceiptDeps,
  actor: SignedIn,
  input: { sha256: readonly string[]; contents: string },
): Promise<{ statement: ReceiptStatement; publicKey: string; signature: string }> {
  const held = await heldAmong(deps, actor, input.sha256);
  const missing = [...new Set(input.sha256)].filter((digest) => !held.has(digest));
  if (missing.length > 0) {
    throw new IntakeError(
      'RECEIPT_INSTANCE_NOT_HELD',
      `${missing.length} of the files are not held, the first is ${missing[0]}. Send them first.`,
    );
  }
  const instances = [...held]
    .map(([sha256, bytes]) => ({ sha256, bytes }))
    .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const statement: ReceiptStatement = {
    format: receiptFormat,
    exchange: deps.publicUrl,
    accountId: actor.accountId,
    issuedAt: deps.now().toISOString(),
    instances,
    contents: input.contents,
  };
  const signature = await deps.keyService.sign(receiptKeyName, signedBytes(statement));
  const detail = { instances: instances.length, contents: input.contents };
  await deps.audit.record(deps.database, [
    { actor, action: 'receipt.create', kind: 'create', outcome: 'success', detail },
  ]);
  return {
    statement,
    publicKey: base64(await deps.keyService.publicKey(receiptKeyName)),
    signature: base64(signature),
  };
}

import { createHash, randomBytes } from 'node:crypto';
import type { Trx } from '../platform/db/database.ts';
import { addRecoveryCodes, removeRecoveryCodes } from './factor.store.ts';
import { base32 } from './totp.ts';

const count = 10;
/** 80 bits: nobody guesses one, so their digests need no salt and no slow hash. */
const bytes = 10;

/** However it is typed: in small letters, with blanks or hyphens anywhere. */
const bare = (code: string): string => code.toUpperCase().replace(/[^A-Z2-7]/g, '');

export const digestOfRecoveryCode = (code: string): Uint8Array => createHash('sha256').update(bare(code)).digest();

/** Ten new ones in place of those before, to be shown once: of each the digest is kept. */
export async function renewRecoveryCodes(trx: Trx, userId: string, now: Date): Promise<string[]> {
  const codes = Array.from({ length: count }, () =>
    (base32(randomBytes(bytes)).match(/.{4}/g) as string[]).join('-').toLowerCase(),
  );
  await removeRecoveryCodes(trx, userId);
  await addRecoveryCodes(trx, userId, codes.map(digestOfRecoveryCode), now);
  return codes;
}

import { SharingError } from './errors.ts';

/** A link to one study for somebody without an account, as its row has it. Its secret is kept as a digest only. */
export type StudyLink = {
  readonly id: string;
  readonly accountId: string;
  readonly studyId: string;
  /** Under which `cell` is sealed: those of its study, as of the same moment. */
  readonly patientId: string;
  readonly keyId: string;
  readonly digest: Uint8Array;
  readonly passwordHash: string | null;
  readonly download: boolean;
  readonly cell: Uint8Array;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedBy: string | null;
  readonly revokedAt: Date | null;
  readonly opened: number;
  readonly lastOpenedAt: Date | null;
  readonly wrongPasswords: number;
};

export type LinkState = 'open' | 'expired' | 'revoked';

type Ends = Pick<StudyLink, 'revokedAt' | 'expiresAt'>;

export function stateOf({ revokedAt, expiresAt }: Ends, now: Date): LinkState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= now ? 'expired' : 'open';
}

/** @throws SharingError LINK_REVOKED, LINK_EXPIRED  asked on every request, so that a link ends for who has it open too */
export function mustBeOpen(link: Ends, now: Date): void {
  const state = stateOf(link, now);
  if (state === 'revoked')
    throw new SharingError('LINK_REVOKED', 'This link was revoked by the one who shared it. Ask them for a new one.');
  if (state === 'expired')
    throw new SharingError('LINK_EXPIRED', 'The time of this link is over. Ask the one who shared it for a new one.');
}

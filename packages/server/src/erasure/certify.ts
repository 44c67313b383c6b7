import {
  type ErasureCertificate,
  type ErasureStatement,
  erasureFormat,
  keyBackupDays,
  signedErasureBytes,
} from '@symbolon/contract';
import type { Audit } from '../audit/index.ts';
import { destroyAbove, type KeyService, type KeyStore, receiptKeyName } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import { type ErasureRow, tombstonesOf, writeCertificate } from './erasure.store.ts';

export type CertifyDeps = {
  readonly database: Database;
  readonly audit: Audit;
  readonly keyService: KeyService;
  readonly keyStore: KeyStore;
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
};

const dayMs = 86_400_000;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * Destroys the keys above what some erasures of one account destroyed, once for all of them, and signs a certificate for each.
 *
 * Law   a certificate is signed only when no key that remains opens any copy of what was erased; backups of keys apart, which it
 *       counts and dates.
 *
 * @returns  false where the keys are being rotated or copied just now: later then
 */
export async function certify(deps: CertifyDeps, accountId: string, erasures: readonly ErasureRow[]): Promise<boolean> {
  const { keyStore, keyService: service, now, signal } = deps;
  const erasedAt = new Date(Math.max(...erasures.map(({ keysDestroyedAt }) => keysDestroyedAt?.getTime() ?? 0)));
  const families = new Set<string>();
  for (const { id, patientId } of erasures) {
    const tombstones = await tombstonesOf(deps.database, id);
    const gone = new Set(tombstones.map((one) => one.id));
    // Of a part of a study that went as a whole meanwhile the tombstones are another erasure's.
    for (const family of [...tombstones.map((one) => one.family), patientId])
      if (family !== null && !gone.has(family)) families.add(family);
  }
  const done = await keyStore.alone('rotation', () =>
    destroyAbove({ service, store: keyStore, now, by: 'erasure', signal }, accountId, [...families], erasedAt),
  );
  if (done?.done !== true) return false;
  const destroyedAt = now();
  const backups = await backupsUntil(keyStore, destroyedAt);
  for (const erasure of erasures) await signOne(deps, erasure, destroyedAt, backups);
  return true;
}

type Backups = ErasureStatement['keyBackups'];

/** Every backup of the keys that may still be there, and until when. */
async function backupsUntil(keyStore: KeyStore, at: Date): Promise<Backups> {
  const made = await keyStore.backupsSince(new Date(at.getTime() - keyBackupDays * dayMs));
  return made
    .filter((madeAt) => madeAt <= at)
    .map((madeAt) => ({
      madeAt: madeAt.toISOString(),
      endsAt: new Date(madeAt.getTime() + keyBackupDays * dayMs).toISOString(),
    }));
}

async function signOne(deps: CertifyDeps, erasure: ErasureRow, destroyedAt: Date, backups: Backups): Promise<void> {
  const { accountId, id, kind, ground, subjects, patients, studies, series, instances, bytes, packs } = erasure;
  const moment = (at: Date | null): string => (at as Date).toISOString();
  const final = new Date(Math.max(destroyedAt.getTime(), ...backups.map(({ endsAt }) => Date.parse(endsAt))));
  const statement: ErasureStatement = {
    format: erasureFormat,
    exchange: deps.publicUrl,
    accountId,
    erasureId: id,
    kind,
    ground,
    askedAt: moment(erasure.askedAt),
    outOfSightAt: moment(erasure.outOfSightAt),
    keysDestroyedAt: moment(erasure.keysDestroyedAt),
    objectsRemovedAt: moment(erasure.objectsRemovedAt),
    keysAboveDestroyedAt: moment(destroyedAt),
    subjects,
    erased: { patients, studies, series, instances, bytes, packs },
    keyBackups: backups,
    final: moment(final),
  };
  const certificate: ErasureCertificate = {
    statement,
    publicKey: base64(await deps.keyService.publicKey(receiptKeyName)),
    signature: base64(await deps.keyService.sign(receiptKeyName, signedErasureBytes(statement))),
  };
  await deps.database.transaction().execute(async (trx) => {
    await writeCertificate(trx, id, certificate, final);
    await deps.audit.record(trx, [
      {
        actor: { kind: 'exchange', address: null },
        accountId,
        action: actionOf(kind),
        kind: 'delete',
        outcome: 'success',
        detail: { erasure: id, what: kind, certified: true, final: moment(final) },
      },
    ]);
  });
}

const actionOf = (kind: ErasureRow['kind']) =>
  kind === 'account' ? 'account.erase' : kind === 'patient' ? 'patient.erase' : 'study.erase';

import type { SignedIn } from '../access/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { type KeySchedule, setPatientDays } from './key-schedules.store.ts';

export type RecordSchedule = (
  trx: Trx,
  actor: SignedIn,
  detail: { readonly before: KeySchedule; readonly after: KeySchedule },
) => Promise<void>;

/** Sets after how many days the keys of the actor's patients are replaced; null: only when somebody asks for it. */
export async function setKeySchedule(
  deps: { readonly database: Database; readonly recordSchedule: RecordSchedule },
  actor: SignedIn,
  patientDays: number | null,
): Promise<KeySchedule> {
  return deps.database.transaction().execute(async (trx) => {
    const before = await setPatientDays(trx, actor.accountId, patientDays);
    const after = { ...before, patientDays };
    await deps.recordSchedule(trx, actor, { before, after });
    return after;
  });
}

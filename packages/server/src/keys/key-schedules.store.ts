import type { Database, Trx } from '../platform/db/database.ts';

/** After how many days keys are replaced; `patientDays` null: patients' only when somebody asks for it. */
export type KeySchedule = { readonly patientDays: number | null; readonly accountDays: number };

const standardSchedule = { patientDays: 365, accountDays: 365 };

/** Every account with its schedule; one that set none has the standard. */
export async function keySchedules(db: Database): Promise<Map<string, KeySchedule>> {
  const rows = await db
    .selectFrom('accounts')
    .leftJoin('key_schedules', 'key_schedules.account_id', 'accounts.id')
    .select([
      'accounts.id as id',
      'key_schedules.account_id as set',
      'key_schedules.patient_days as patientDays',
      'key_schedules.account_days as accountDays',
    ])
    .execute();
  return new Map(
    rows.map(({ id, set, patientDays, accountDays }) => [
      id,
      set === null ? standardSchedule : { patientDays, accountDays: accountDays ?? standardSchedule.accountDays },
    ]),
  );
}

const columns = ['patient_days as patientDays', 'account_days as accountDays'] as const;

export async function keyScheduleOf(db: Database, accountId: string): Promise<KeySchedule> {
  const row = await db
    .selectFrom('key_schedules')
    .select(columns)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row ?? standardSchedule;
}

/** Sets when patients' keys are replaced; gives what was before. */
export async function setPatientDays(trx: Trx, accountId: string, patientDays: number | null): Promise<KeySchedule> {
  const { patientDays: patient_days, accountDays: account_days } = standardSchedule;
  await trx
    .insertInto('key_schedules')
    .values({ account_id: accountId, patient_days, account_days })
    .onConflict((conflict) => conflict.column('account_id').doNothing())
    .execute();
  const before = await trx
    .selectFrom('key_schedules')
    .select(columns)
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('key_schedules')
    .set({ patient_days: patientDays })
    .where('account_id', '=', accountId)
    .execute();
  return before;
}

import type { Database } from '../platform/db/database.ts';

/** After how many days keys are replaced. */
export type KeySchedule = { readonly patientDays: number; readonly accountDays: number };

const standardSchedule: KeySchedule = { patientDays: 365, accountDays: 365 };

/** Every account with its schedule; one that set none has the standard. */
export async function keySchedules(db: Database): Promise<Map<string, KeySchedule>> {
  const rows = await db
    .selectFrom('accounts')
    .leftJoin('key_schedules', 'key_schedules.account_id', 'accounts.id')
    .select([
      'accounts.id as id',
      'key_schedules.patient_days as patientDays',
      'key_schedules.account_days as accountDays',
    ])
    .execute();
  return new Map(
    rows.map(({ id, patientDays, accountDays }) => [
      id,
      {
        patientDays: patientDays ?? standardSchedule.patientDays,
        accountDays: accountDays ?? standardSchedule.accountDays,
      },
    ]),
  );
}

export type KeysTables = {
  key_schedules: { account_id: string; patient_days: number | null; account_days: number };
};

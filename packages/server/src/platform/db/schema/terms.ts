export type TermsTables = {
  terms: { account_id: string; version: number; text: string; created_by: string; created_at: Date };
  terms_acceptances: { account_id: string; user_id: string; version: number; accepted_at: Date; address: string };
};

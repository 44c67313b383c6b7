export type AuditTables = {
  refused_tries: {
    name: string;
    since: Date;
    ends_at: Date;
    tries: number;
    account_id: string | null;
    user_id: string | null;
    link_id: string | null;
    address: string | null;
    action: string;
    kind: string;
  };
  audit_records: {
    id: string;
    at: Date;
    account_id: string | null;
    user_id: string | null;
    token_id: string | null;
    session_id: string | null;
    link_id: string | null;
    address: string | null;
    action: string;
    kind: string;
    outcome: string;
    study_id: string | null;
    shown: string[] | null;
    detail: Buffer | null;
  };
};

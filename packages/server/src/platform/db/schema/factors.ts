export type FactorsTables = {
  second_factors: {
    id: string;
    user_id: string;
    kind: 'totp' | 'passkey';
    label: string;
    created_at: Date;
    used_at: Date | null;
    sealed_secret: Buffer | null;
    last_step: number | null;
    credential_id: Buffer | null;
    public_key: Buffer | null;
    sign_count: number | null;
    transports: string[] | null;
    backed_up: boolean | null;
  };
  recovery_codes: { user_id: string; digest: Buffer; created_at: Date; used_at: Date | null };
  challenges: {
    id: string;
    purpose: string;
    user_id: string | null;
    bytes: Buffer;
    sealed_secret: Buffer | null;
    expires_at: Date;
  };
};

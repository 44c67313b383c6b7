import type { SignInPolicy } from '@symbolon/contract';
import type { Generated } from 'kysely';
import type { Timestamps } from './columns.ts';

/** What proved a session beside the password; a trusted device is what it was proven with once. */
export type SessionFactor = 'totp' | 'passkey' | 'recovery code' | 'trusted device';

export type PeopleTables = {
  accounts: Timestamps & {
    id: string;
    name: string;
    closed_at: Generated<Date | null>;
    owner_id: Generated<string | null>;
    operates: Generated<boolean>;
    addresses: Generated<string[]>;
    sign_in_policy: Generated<Partial<SignInPolicy>>;
  };
  users: Timestamps & {
    id: string;
    email: string | null;
    name: Generated<string>;
    kind: Generated<'person' | 'service'>;
    password_hash: string | null;
    password_changed_at: Generated<Date>;
    password_must_change: Generated<boolean>;
  };
  memberships: Timestamps & {
    account_id: string;
    user_id: string;
    role_id: string;
    name: Generated<string | null>;
    seen_at: Generated<Date | null>;
    state: Generated<'invited' | 'active' | 'suspended' | 'removed'>;
    changed_at: Generated<Date>;
    held_at: Generated<Date | null>;
    second_password_hash: Generated<string | null>;
  };
  namespaces: Timestamps & {
    id: string;
    account_id: string;
    user_id: string | null;
    group_id: Generated<string | null>;
    must_approve: Generated<boolean>;
  };
  invitations: {
    id: string;
    digest: Buffer;
    account_id: string;
    user_id: string;
    created_by: string;
    created_at: Date;
    expires_at: Date;
    used_at: Generated<Date | null>;
  };
  api_tokens: Timestamps & {
    id: string;
    digest: Buffer;
    label: string;
    user_id: string;
    account_id: string;
    namespace_id: string;
    expires_at: Date | null;
    used_at: Date | null;
    held_at: Generated<Date | null>;
    scope: Generated<string[] | null>;
    addresses: Generated<string[]>;
    created_by: Generated<string | null>;
    revoked_by: Generated<string | null>;
    revoked_at: Generated<Date | null>;
    made_with: Generated<string | null>;
  };
  sessions: Timestamps & {
    id: string;
    digest: Buffer;
    user_id: string;
    account_id: string;
    namespace_id: string;
    address: string;
    agent: Generated<string>;
    seen_at: Date;
    expires_at: Date;
    factor: Generated<SessionFactor | null>;
    proven_at: Generated<Date>;
    locked_at: Generated<Date | null>;
    identities_until: Generated<Date | null>;
    finished_at: Generated<Date | null>;
  };
  former_passwords: { user_id: string; replaced_at: Date; password_hash: string };
  devices: {
    id: string;
    user_id: string;
    digest: Buffer;
    agent: string;
    address: string;
    created_at: Date;
    seen_at: Date;
    trusted_at: Generated<Date | null>;
    trusted_until: Date | null;
  };
  password_resets: {
    id: string;
    digest: Buffer;
    user_id: string;
    created_by: string | null;
    created_at: Date;
    expires_at: Date;
    used_at: Generated<Date | null>;
  };
  address_changes: {
    id: string;
    digest: Buffer;
    user_id: string;
    email: string;
    created_at: Date;
    expires_at: Date;
    used_at: Generated<Date | null>;
  };
};

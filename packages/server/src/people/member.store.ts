import type { Decisions, Role, UserKind, UserState } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** Somebody in an account, or once in it, with the role they have there. */
export type Member = {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly kind: UserKind;
  readonly state: UserState;
  readonly namespaceId: string;
  readonly isOwner: boolean;
  readonly groups: number;
  readonly secondFactor: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly role: {
    readonly id: string;
    readonly name: string;
    readonly builtin: Role | null;
    readonly decisions: Decisions;
  };
};

const members = sql`select u.id, coalesce(m.name, u.name) as name, u.email, u.kind, m.state, n.id as "namespaceId",
    coalesce(a.owner_id = u.id, false) as "isOwner",
    exists (select from second_factors f where f.user_id = u.id) as "secondFactor", m.created_at as "createdAt",
    (select count(*) from group_members gm join groups g on g.id = gm.group_id and g.deleted_at is null
      where gm.user_id = u.id and gm.account_id = m.account_id) as groups,
    greatest(m.seen_at, (select max(s.seen_at) from sessions s where s.user_id = u.id and s.account_id = m.account_id),
      (select max(t.used_at) from api_tokens t where t.user_id = u.id and t.account_id = m.account_id)) as "lastUsedAt",
    json_build_object('id', r.id, 'name', r.name, 'builtin', r.builtin, 'decisions', r.decisions) as role
  from memberships m join users u on u.id = m.user_id join accounts a on a.id = m.account_id
  join roles r on r.id = m.role_id join namespaces n on n.user_id = m.user_id and n.account_id = m.account_id`;

/** Somebody of an account, whatever their state. */
export async function memberOf(db: Database | Trx, accountId: string, userId: string): Promise<Member | undefined> {
  const found = await sql<Member>`${members} where m.account_id = ${accountId} and m.user_id = ${userId}`.execute(db);
  return found.rows[0];
}

export type MemberFilter = {
  readonly search?: string | undefined;
  readonly state?: UserState | undefined;
  readonly kind?: UserKind | undefined;
  /** The id of the last one of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
};

const place = sql`lower(coalesce(m.name, u.name)), u.id`;

/** The people and programs of an account, by name; who was removed only where that is asked for. */
export async function membersOf(db: Database, accountId: string, filter: MemberFilter): Promise<Member[]> {
  const { search, state, kind, before, limit } = filter;
  const part = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  const found = await sql<Member>`${members} where m.account_id = ${accountId}
    and ${state === undefined ? sql`m.state <> 'removed'` : sql`m.state = ${state}`}
    ${kind === undefined ? sql`` : sql`and u.kind = ${kind}`}
    ${part ? sql`and (coalesce(m.name, u.name) ilike ${part} or u.email ilike ${part})` : sql``}
    ${
      before === undefined
        ? sql``
        : sql`and (${place}) > (select ${place} from memberships m join users u on u.id = m.user_id
      where m.account_id = ${accountId} and u.id = ${before})`
    }
    order by ${place} limit ${limit}`.execute(db);
  return found.rows;
}

/** The groups and locations that somebody is in, with the role that they have there. */
export async function groupsOf(db: Database, accountId: string, userId: string) {
  return db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .leftJoin('roles', (join) =>
      join.on('roles.id', '=', sql<string>`coalesce(group_members.role_id, groups.default_role_id)`),
    )
    .select(['groups.id as id', 'groups.name as name', 'groups.kind as kind'])
    .select(['roles.id as roleId', 'roles.name as roleName', 'roles.builtin as builtin'])
    .where('group_members.account_id', '=', accountId)
    .where('group_members.user_id', '=', userId)
    .where('groups.deleted_at', 'is', null)
    .orderBy('groups.name')
    .execute();
}

export async function accountNow(trx: Trx, accountId: string): Promise<{ name: string; ownerId: string | null }> {
  return trx
    .selectFrom('accounts')
    .select(['name', 'owner_id as ownerId'])
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
}

/** How many active administrators an account has beside this one. Programs do not count: nobody can ask them for help. */
export async function otherAdministrators(trx: Trx, accountId: string, userId: string): Promise<number> {
  const row = await trx
    .selectFrom('memberships')
    .innerJoin('roles', 'roles.id', 'memberships.role_id')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('memberships.account_id', '=', accountId)
    .where('memberships.state', '=', 'active')
    .where('roles.builtin', '=', 'administrator')
    .where('users.kind', '=', 'person')
    .where('users.id', '<>', userId)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** A role of the account: by its id, or the one that a new user gets. */
export async function roleOfAccount(db: Database | Trx, accountId: string, roleId: string | undefined) {
  const query = db
    .selectFrom('roles')
    .select(['id', 'name', 'builtin', 'decisions'])
    .where('account_id', '=', accountId);
  return roleId === undefined
    ? query.where('builtin', '=', 'guest').executeTakeFirst()
    : query.where('id', '=', roleId).executeTakeFirst();
}

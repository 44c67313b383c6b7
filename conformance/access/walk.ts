import type { Permission } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';
import { addGroup, addPerson, addRole, type Person } from './rows-of-people.ts';
import { agent, good, type Setting } from './setting.ts';

type Explained = {
  readonly permissions: readonly {
    readonly permission: string;
    readonly verdict: string;
    readonly groups: readonly string[];
    readonly except: readonly string[];
  }[];
};

const steps = process.env.SYMBOLON_DRILL === undefined ? 30 : 2_000;
/** What roles of the walk speak of. */
const names: readonly Permission[] = [
  ...(['study.view', 'study.view.own', 'study.view.group', 'study.download', 'study.search', 'study.erase'] as const),
  ...([
    'role.create',
    'role.change',
    'role.assign',
    'user.create',
    'token.issue',
    'group.enrol',
    'group.change',
  ] as const),
];

/** Calls in any order, by people who may some of it: what somebody gains by one, who made the call had before. */
export function walk(setting: () => Setting): void {
  test('by no sequence of calls does anybody gain what who made the call had not', async () => {
    const here = setting();
    const { accountId } = here.colleague;
    let seed = 20261122;
    const any = <T>(some: readonly T[]): T => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return some[Math.floor((seed / 2147483648) * some.length)] as T;
    };
    const decisions = (many: number) =>
      Object.fromEntries(Array.from({ length: many }, () => [any(names), any(['permit', 'permit', 'deny'])]));
    const walking = await here.inDatabase(async (database) => {
      const people: Person[] = [];
      const roles: string[] = [];
      const manages = {
        'role.assign': 'permit',
        'role.create': 'permit',
        'role.change': 'permit',
        'group.enrol': 'permit',
      } as const;
      for (const own of [
        {},
        { 'study.view': 'deny' },
        { 'study.view': 'permit', 'study.erase': 'deny' },
        { 'study.view.group': 'permit' },
      ] as const) {
        roles.push(await addRole(database, accountId, `Walks ${roles.length}`, { ...manages, ...own }));
        people.push(await addPerson(database, accountId, { roleId: roles.at(-1) as string }, `Walker ${roles.length}`));
      }
      roles.push(await addRole(database, accountId, 'Walks and reads', { 'study.view': 'permit' }));
      const groups = [
        await addGroup(database, accountId, people.slice(0, 2), { name: 'Walkers' }),
        await addGroup(database, accountId, people.slice(1), { name: 'Other walkers' }),
      ].map(({ groupId }) => groupId);
      for (const groupId of groups)
        await database
          .updateTable('group_members')
          .set({ role_id: roles.at(-1) as string })
          .where('group_id', '=', groupId)
          .execute();
      return { people, roles, groups };
    });
    const { people, roles, groups } = walking;
    const standing = async (): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
      const all = people.map(async ({ userId }): Promise<[string, ReadonlySet<string>]> => {
        const path = `/api/v1/users/${userId}/explanation`;
        const { permissions } = await good<Explained>(here.exchange, path, { token: here.keeper.token });
        const held = permissions.flatMap(({ permission, verdict, groups: some, except }) => {
          const everywhere = verdict === 'permitted';
          const where = everywhere ? groups.filter((group) => !except.includes(group)) : some;
          // What a role in a group says of one's own holds of nothing there: what lives in the group is the group's.
          const within = permission.endsWith('.own') ? [] : where.map((group) => `${permission} in ${group}`);
          return [...(everywhere ? [permission] : []), ...within];
        });
        return [userId, new Set(held)];
      });
      return new Map(await Promise.all(all));
    };
    let before = await standing();
    let through = 0;
    for (let step = 0; step < steps; step += 1) {
      const [who, whom, role, group] = [any(people), any(people), any(roles), any(groups)];
      const [method, path, json] = any([
        ['PUT', `/users/${whom.userId}/role`, { roleId: role }],
        ['PUT', `/users/${whom.userId}/role`, { roleId: role }],
        ['POST', '/roles', { name: `Walk ${step}`, decisions: decisions(3) }],
        ['PATCH', `/roles/${role}`, { decisions: decisions(4) }],
        ['PUT', `/groups/${group}/members/${whom.userId}`, { roleId: any([null, role]) }],
        ['DELETE', `/groups/${group}/members/${whom.userId}`, undefined],
        ['PATCH', `/groups/${group}`, { defaultRoleId: any([null, role]) }],
      ] as const);
      const question = { agent, token: who.token, method, ...(json !== undefined && { json }) };
      const answer = await ask(here.exchange, `/api/v1${path}`, question);
      expect([200, 201, 403, 404, 409]).toContain(answer.status);
      if (answer.status >= 300) continue;
      through += 1;
      if (answer.status === 201) roles.push((answer.json() as { id: string }).id);
      const after = await standing();
      const had = before.get(who.userId) as ReadonlySet<string>;
      for (const [userId, held] of after) {
        const gained = [...held].filter((one) => !before.get(userId)?.has(one) && !had.has(one));
        expect([step, method, path, json, gained]).toEqual([step, method, path, json, []]);
      }
      before = after;
    }
    // It goes somewhere.
    expect(through).toBeGreaterThan(steps / 20);
  }, 900_000);
}

import type { Permission } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';
import { addGroup, addPerson, addRole, type Person } from './rows-of-people.ts';
import { agent, good, type Setting } from './setting.ts';

type Explained = {
  readonly groups: readonly { readonly id: string }[];
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

type Credential = {
  readonly userId: string;
  /** Which the explanation is asked about; undefined where it carries all that its holder may. */
  readonly tokenId?: string;
  /** Undefined of who was invited and has not come, and of a program without a token. */
  readonly secret?: string;
  /** The credential by which it was made: it ends with that one. */
  readonly madeWith?: Credential;
};

type Call = readonly [method: string, path: string, json: unknown];

/** Beside whom the walk begins with, so many more people and tokens at a time: each is asked about after each step. */
const most = { people: 7, tokens: 5 };

/** Calls in any order, by people who may some of it and by tokens that carry some of that: what somebody gains by one, who made the call had before. */
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
    const { began, roles, groups } = await here.inDatabase(async (database) => {
      const people: Person[] = [];
      const roles: string[] = [];
      const manages = Object.fromEntries(
        [
          ...['role.assign', 'role.create', 'role.change', 'group.enrol'],
          ...['user.create', 'user.remove', 'service.create', 'token.issue', 'token.revoke'],
        ].map((name) => [name, 'permit' as const]),
      );
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
      return { began: people, roles, groups };
    });
    let people: Credential[] = began.map(({ userId, token }) => ({ userId, secret: token }));
    let tokens: Credential[] = [];
    /** Who was invited, and the secret with which they come. */
    const invitations = new Map<string, string>();
    const nameOf = ({ userId, tokenId = '' }: Credential): string => `${userId} ${tokenId}`;

    const heldBy = async (one: Credential): Promise<ReadonlySet<string>> => {
      const path = `/api/v1/users/${one.userId}/explanation${one.tokenId === undefined ? '' : `?token=${one.tokenId}`}`;
      const { permissions, groups: theirs } = await good<Explained>(here.exchange, path, { token: here.keeper.token });
      const inside = theirs.map(({ id }) => id);
      const every = new Set(permissions.map(({ permission }) => permission));
      const held = permissions.flatMap(({ permission, verdict, groups: some, except }) => {
        const everywhere = verdict === 'permitted';
        const where = everywhere ? groups.filter((group) => !except.includes(group)) : some;
        // What a role in a group says of one's own holds of nothing there: what lives in the group is the group's, of who is in it.
        const action = permission.replace(/\.group$/, '');
        const holds = (group: string): boolean =>
          permission.endsWith('.group')
            ? inside.includes(group)
            : !(every.has(`${permission}.group`) && inside.includes(group));
        const within = permission.endsWith('.own') ? [] : where.filter(holds).map((group) => `${action} in ${group}`);
        return [...(everywhere ? [permission] : []), ...within];
      });
      return new Set(held);
    };
    const standing = async (): Promise<ReadonlyMap<string, ReadonlySet<string>>> =>
      new Map(
        await Promise.all(
          [...people, ...tokens].map(
            async (one): Promise<[string, ReadonlySet<string>]> => [nameOf(one), await heldBy(one)],
          ),
        ),
      );
    const comes = async ({ secret }: Credential): Promise<number> =>
      (await ask(here.exchange, '/api/v1/me', { agent, token: secret as string })).status;
    const madeWith = (one: Credential, maker: Credential): boolean =>
      one === maker || (one.madeWith !== undefined && madeWith(one.madeWith, maker));

    // Of all alike: a token that is made with another ends with it at the latest.
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const callFor = (step: number, whom: Credential): Call => {
      const [role, group] = [any(roles), any(groups)];
      const [invited] = invitations.keys();
      const ending = any([...tokens, undefined]);
      const newcomers = people.slice(began.length);
      const when = (holds: boolean, calls: readonly Call[]) => (holds ? calls : []);
      const token = {
        label: `Walk ${step}`,
        expiresAt,
        scope: any([null, [any(names)], [any(names), 'token.issue.own', any(names)]]),
      };
      return any<Call>([
        ['PUT', `/users/${whom.userId}/role`, { roleId: role }],
        ['PUT', `/users/${whom.userId}/role`, { roleId: role }],
        ['POST', '/roles', { name: `Walk ${step}`, decisions: decisions(3) }],
        ['PATCH', `/roles/${role}`, { decisions: decisions(4) }],
        ['PUT', `/groups/${group}/members/${whom.userId}`, { roleId: any([null, role]) }],
        ['DELETE', `/groups/${group}/members/${whom.userId}`, undefined],
        ['PATCH', `/groups/${group}`, { defaultRoleId: any([null, role]) }],
        ...when(tokens.length < most.tokens, [
          ['POST', `/users/${whom.userId}/tokens`, token],
          ['POST', 'own token', token],
        ]),
        ...when(ending !== undefined, [['DELETE', `/tokens/${ending?.tokenId}`, undefined]]),
        ...when(newcomers.length < most.people, [
          ['POST', '/users', { email: `walk${step}@example.org`, roleId: role }],
          ['POST', '/services', { name: `Walk ${step}`, roleId: role }],
        ]),
        ...when(newcomers.length === most.people, [['DELETE', `/users/${any(newcomers)?.userId}`, undefined]]),
        ...when(invited !== undefined, [
          ['POST', `/users/${invited}/invitation`, undefined],
          [
            'POST',
            '/invitations/accept',
            { secret: invitations.get(invited ?? ''), password: 'Nebelwanderer 7', as: 'token' },
          ],
        ]),
      ]);
    };

    let before = await standing();
    let through = 0;
    const kinds = new Set<string>();
    for (let step = 0; step < steps; step += 1) {
      const who = any([...people, ...tokens].filter(({ secret }) => secret !== undefined));
      const [method, asked, json] = callFor(step, any(people));
      const path = asked === 'own token' ? `/users/${who.userId}/tokens` : asked;
      const question = {
        ...{ agent, method },
        ...(path !== '/invitations/accept' && { token: who.secret as string }),
        ...(json !== undefined && { json }),
      };
      const answer = await ask(here.exchange, `/api/v1${path}`, question);
      expect([200, 201, 204, 403, 404, 409]).toContain(answer.status);
      if (answer.status >= 300) continue;
      through += 1;
      kinds.add(`${method} ${path.split('/').findLast((part) => /^[a-z]+$/.test(part))}`);
      const made = answer.json() as {
        readonly id: string;
        readonly token: string & { readonly id: string };
        readonly secret: string;
        readonly user: { readonly id: string };
        readonly invitation: { readonly address: string };
        readonly userId: string;
      };
      const had = path === '/invitations/accept' ? new Set<string>() : (before.get(nameOf(who)) as ReadonlySet<string>);
      const [, , about = ''] = path.split('/');
      const comesOfInvitation = path === '/users' || path.endsWith('/invitation');
      if (path === '/roles' && method === 'POST') roles.push(made.id);
      if (path === '/users') people.push({ userId: made.user.id });
      if (path === '/services') people.push({ userId: made.id });
      if (comesOfInvitation) invitations.set(made.user.id, made.invitation.address.split('#')[1] as string);
      if (path.endsWith('/tokens'))
        tokens.push({ userId: about, tokenId: made.token.id, secret: made.secret, madeWith: who });
      if (path === '/invitations/accept') {
        people = people.map((one) => (one.userId === made.userId ? { ...one, secret: made.token } : one));
        invitations.delete(made.userId);
      }
      if (method === 'DELETE' && path.startsWith('/tokens/')) {
        const revoked = tokens.find(({ tokenId }) => tokenId === about) as Credential;
        const ended = tokens.filter((one) => madeWith(one, revoked));
        tokens = tokens.filter((one) => !ended.includes(one));
        expect(await Promise.all(ended.map(comes))).toEqual(ended.map(() => 401));
        expect(await Promise.all(tokens.map(comes))).toEqual(tokens.map(() => 200));
      }
      if (method === 'DELETE' && path.startsWith('/users/')) {
        people = people.filter(({ userId }) => userId !== about);
        tokens = tokens.filter(({ userId }) => userId !== about);
        invitations.delete(about);
      }
      const after = await standing();
      for (const [name, held] of after) {
        const gained = [...held].filter((one) => !before.get(name)?.has(one) && !had.has(one));
        expect([step, method, path, json, name, gained]).toEqual([step, method, path, json, name, []]);
      }
      // Who holds an invitation becomes the person who is invited.
      const becomes = comesOfInvitation ? (after.get(nameOf({ userId: made.user.id })) as ReadonlySet<string>) : [];
      const lent = [...becomes].filter((one) => !had.has(one));
      expect([step, method, path, lent]).toEqual([step, method, path, []]);
      before = after;
    }
    if (steps > 100)
      expect([...kinds].sort()).toEqual(
        expect.arrayContaining([
          'POST users',
          'POST services',
          'POST tokens',
          'DELETE tokens',
          'POST accept',
          'POST invitation',
          'DELETE users',
        ]),
      );
    // It goes somewhere.
    expect(through).toBeGreaterThan(steps / 20);
  }, 900_000);
}

import { randomUUID } from 'node:crypto';
import { type Role, roles } from '@symbolon/contract';
import type { Database } from '../../packages/server/src/platform/db/database.ts';
import type { Place } from './matrix.ts';
import { addGroup, addPerson, addRole, addToken, type Person } from './rows-of-people.ts';

type Group = { readonly groupId: string; readonly namespaceId: string };

/**
 * Whom and what of people there is to ask about: oneself, a fellow of one's group, a colleague whom one has nothing to do with,
 * somebody of another account, nobody; and the same of groups, locations, roles and tokens.
 */
export type PeopleHere = {
  /** Somebody of the account with the lowest role, to whom things are granted. */
  readonly witness: Person;
  readonly userAt: (role: Role, place: Place) => string;
  /** The role that they have. */
  readonly roleOf: (role: Role, place: Place) => string;
  /** Somebody who was invited. */
  readonly invitedAt: (place: Place) => string;
  readonly tokenAt: (role: Role, place: Place) => string;
  readonly groupAt: (kind: 'group' | 'location', place: Place) => Group;
  /** Of the account's own roles. */
  readonly roleAt: (place: Place) => string;
};

export async function furnishPeople(
  database: Database,
  people: Readonly<Record<Role, Person>>,
  colleague: Person,
  foreigner: Person,
): Promise<PeopleHere> {
  const { accountId } = colleague;
  const elsewhere = foreigner.accountId;
  const fellow = await addPerson(database, accountId, 'guest', 'A fellow');
  const witness = await addPerson(database, accountId, 'guest', 'A witness');
  const invited = await addPerson(database, accountId, 'guest', 'Somebody invited');
  const invitedElsewhere = await addPerson(database, elsewhere, 'guest', 'Somebody invited');
  for (const { userId } of [invited, invitedElsewhere])
    await database.updateTable('memberships').set({ state: 'invited' }).where('user_id', '=', userId).execute();
  const groups = new Map<string, Group>();
  const members = [...Object.values(people), fellow];
  for (const kind of ['group', 'location'] as const) {
    groups.set(`${kind} group`, await addGroup(database, accountId, members, { kind, name: 'Radiology' }));
    groups.set(`${kind} same`, await addGroup(database, accountId, [colleague], { kind, name: 'Cardiology' }));
    groups.set(`${kind} other`, await addGroup(database, elsewhere, [foreigner], { kind, name: 'Neurology' }));
  }
  const ownRole = await addRole(database, accountId, 'A role');
  const otherRole = await addRole(database, elsewhere, 'A role');
  const tokens = new Map<string, string>();
  for (const role of roles) tokens.set(`own ${role}`, (await addToken(database, people[role])).id);
  for (const [place, person] of [
    ['group', fellow],
    ['same', colleague],
    ['other', foreigner],
  ] as const)
    tokens.set(place, (await addToken(database, person)).id);
  const absent = randomUUID();
  const nowhere = { groupId: absent, namespaceId: absent };
  const personAt = (role: Role, place: Place): Pick<Person, 'userId' | 'roleId'> => {
    if (place === 'own') return people[role];
    if (place === 'group') return fellow;
    if (place === 'same') return colleague;
    return place === 'other' ? foreigner : { userId: absent, roleId: fellow.roleId };
  };
  const either = (own: string, other: string) => (place: Place) =>
    place === 'other' ? other : place === 'absent' ? absent : own;
  return {
    witness,
    userAt: (role, place) => personAt(role, place).userId,
    roleOf: (role, place) => (place === 'other' ? fellow.roleId : personAt(role, place).roleId),
    invitedAt: either(invited.userId, invitedElsewhere.userId),
    tokenAt: (role, place) => tokens.get(place) ?? tokens.get(`${place} ${role}`) ?? absent,
    groupAt: (kind, place) => groups.get(`${kind} ${place}`) ?? nowhere,
    roleAt: either(ownRole, otherRole),
  };
}

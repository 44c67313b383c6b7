import type { Action, GroupKind, GroupRow } from '@symbolon/contract';
import { formatCount } from '../ui/amounts.ts';

/** What a kind of group is called, and what may be asked about it. */
export const kinds: Readonly<
  Record<
    GroupKind,
    {
      readonly one: string;
      readonly many: string;
      readonly says: string;
      readonly page: '/groups' | '/locations';
      readonly needs: Readonly<Record<'view' | 'list' | 'create' | 'change' | 'delete' | 'enrol', Action>>;
    }
  >
> = {
  group: {
    one: 'Group',
    many: 'Groups',
    says: 'People who work together. Studies can live in a group; its members reach them as their role there says.',
    page: '/groups',
    needs: {
      view: 'group.view',
      list: 'group.list',
      create: 'group.create',
      change: 'group.change',
      delete: 'group.delete',
      enrol: 'group.enrol',
    },
  },
  location: {
    one: 'Location',
    many: 'Locations',
    says: 'Places where people work, such as a clinic or a site of a trial. Studies can live there as in a group.',
    page: '/locations',
    needs: {
      view: 'location.view',
      list: 'location.list',
      create: 'location.create',
      change: 'location.change',
      delete: 'location.delete',
      enrol: 'location.enrol',
    },
  },
};

/** "3 people, 12 studies". */
export function holdsText({ members, studies }: Pick<GroupRow, 'members' | 'studies'>): string {
  const people = members === 0 ? 'nobody' : formatCount(members, 'person', 'people');
  const held = studies === 0 ? 'no studies' : formatCount(studies, 'study', 'studies');
  return `${people}, ${held}`;
}

/** What the members have in it who have no role of their own there. */
export const defaultRoleText = (role: GroupRow['defaultRole']): string =>
  role === null ? 'Their role in the account, nothing more' : role.name;

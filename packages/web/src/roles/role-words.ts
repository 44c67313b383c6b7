import type { RoleRow } from '@symbolon/contract';
import { formatCount } from '../ui/amounts.ts';

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

/** Who has a role, in a few words. */
export function holdersText({ people, groups, inGroups }: Pick<RoleRow, 'people' | 'groups' | 'inGroups'>): string {
  const parts = [
    people > 0 ? formatCount(people, 'person', 'people') : '',
    groups > 0 ? `new members of ${formatCount(groups, 'group')}` : '',
    inGroups > 0 ? `${formatCount(inGroups, 'member')} of groups` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Nobody has it' : listed.format(parts);
}

export const isHeld = ({ people, groups, inGroups }: Pick<RoleRow, 'people' | 'groups' | 'inGroups'>): boolean =>
  people + groups + inGroups > 0;

import { type Action, pages } from '@symbolon/contract';

export type Place = { readonly to: string; readonly label: string; readonly needs: Action };

/** What people come for every day. */
export const places: readonly Place[] = [
  { to: pages.worklist, label: 'Studies', needs: 'study.search' },
  { to: pages.upload, label: 'Upload', needs: 'instance.store' },
  { to: pages.links, label: 'Links', needs: 'link.list' },
  { to: pages.conflicts, label: 'Kept aside', needs: 'conflict.read' },
  { to: pages.audit, label: 'Audit', needs: 'audit.view' },
];

/** What is set up and watched over, behind one button. */
export const administration: readonly Place[] = [
  { to: pages.people, label: 'People', needs: 'user.list' },
  { to: pages.groups, label: 'Groups and locations', needs: 'group.list' },
  { to: pages.roles, label: 'Roles', needs: 'role.list' },
  { to: pages.account, label: 'Account', needs: 'account.view' },
  { to: pages.accounts, label: 'Accounts', needs: 'account.list' },
  { to: pages.openings, label: 'Openings', needs: 'emergency.review' },
  { to: pages.erasures, label: 'Erasures', needs: 'erasure.view' },
  { to: pages.keys, label: 'Keys', needs: 'key.view' },
  { to: pages.storage, label: 'Storage', needs: 'storage.view' },
  { to: pages.backups, label: 'Backups', needs: 'backup.view' },
];

import type { Permission } from './actions.ts';
import type { Decisions } from './decisions.ts';

export const templateNames = [
  'radiologist',
  'front desk',
  'researcher',
  'approver',
  'uploader',
  'auditor',
  'people',
] as const;
export type TemplateName = (typeof templateNames)[number];

/** Decisions to begin a role with. An account clones one and has a role of its own: a later release changes nothing of that. */
export type RoleTemplate = { readonly name: string; readonly says: string; readonly decisions: Decisions };

const permitted = (...all: readonly Permission[]): Decisions =>
  Object.fromEntries(all.map((permission) => [permission, 'permit']));
const denied = (...all: readonly Permission[]): Decisions =>
  Object.fromEntries(all.map((permission) => [permission, 'deny']));

export const roleTemplates: Readonly<Record<TemplateName, RoleTemplate>> = {
  radiologist: {
    name: 'Radiologist',
    says: 'Reads every study of the account, and shares it by grants and links. Erases nothing.',
    decisions: permitted(
      'study.search',
      'study.search.unapproved',
      'study.search.identity',
      'study.view',
      'study.view.unapproved',
      'study.view.identity',
      'study.download',
      'study.download.unapproved',
      'instance.store',
      'instance.held',
      'receipt.create',
      'study.add',
      'study.add.unapproved',
      'conflict.read.own',
      'conflict.read.group',
      'grant.list',
      'grant.create',
      'grant.revoke.own',
      'link.list',
      'link.create',
      'link.revoke.own',
      'group.view.group',
      'location.view.group',
      'user.view.own',
      'user.explain.own',
      'emergency.view.own',
      'usage.view',
    ),
  },
  'front desk': {
    name: 'Front desk',
    says: 'Finds a study only by an exact number, opens it by that, sees who it is of, and takes no files away.',
    decisions: {
      ...permitted(
        'study.search.exact',
        'study.search.identity',
        'study.view',
        'study.view.identity',
        'link.list',
        'link.create',
      ),
      ...denied('study.download'),
    },
  },
  researcher: {
    name: 'Researcher',
    says: 'Sees the studies of their groups and what was granted to them under pseudonyms only. No files: these name people.',
    decisions: {
      ...permitted(
        'study.search.group',
        'study.search.granted',
        'study.view.group',
        'study.view.granted',
        'group.view.group',
      ),
      ...denied('study.search.identity', 'study.view.identity', 'study.download'),
    },
  },
  approver: {
    name: 'Approver',
    says: 'Looks at what arrived in their groups and awaits approval, and approves it.',
    decisions: permitted(
      'study.search.group',
      'study.search.unapproved',
      'study.search.identity',
      'study.view.group',
      'study.view.unapproved',
      'study.view.identity',
      'study.approve.group',
      'group.view.group',
      'location.view.group',
    ),
  },
  uploader: {
    name: 'Upload only',
    says: 'Sends studies and gets receipts for them. Sees nothing of what is held, their own included.',
    decisions: permitted('instance.store', 'instance.held', 'receipt.create'),
  },
  auditor: {
    name: 'Auditor',
    says: 'Sees what happened, who may do what, and how the account is set. Changes nothing, and opens no study.',
    decisions: {
      ...permitted(
        'audit.view',
        'account.view',
        'address.view',
        'user.list',
        'user.view',
        'user.explain',
        'role.list',
        'role.view',
        'role.compare',
        'group.list',
        'group.view',
        'location.list',
        'location.view',
        'token.list',
        'grant.list',
        'link.list',
        'emergency.view',
        'erasure.view',
        'hold.view',
        'key.view',
        'usage.view',
      ),
      ...denied('study.view', 'study.download'),
    },
  },
  people: {
    name: 'People and groups',
    says: 'Adds people, puts them into groups and suspends them. Opens no study, and can hand out no more than that.',
    decisions: permitted(
      'user.list',
      'user.view',
      'user.create',
      'user.change',
      'user.suspend',
      'user.explain',
      'role.list',
      'role.view',
      'role.compare',
      'role.assign',
      'group.list',
      'group.view',
      'group.create',
      'group.change',
      'group.enrol',
      'location.list',
      'location.view',
      'location.create',
      'location.change',
      'location.enrol',
    ),
  },
};

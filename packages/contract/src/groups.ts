import { z } from 'zod';
import { lineOf } from './line.ts';
import { roleNamed } from './people.ts';

const count = z.int().nonnegative();
const named = z.object({ id: z.uuid(), name: z.string() });

/** A group is of people who work together, a location is a place where they work. Either has a namespace in which studies live. */
export const groupKinds = ['group', 'location'] as const;
export type GroupKind = (typeof groupKinds)[number];

/** `defaultRole`: what its members have in it who have no role of their own there. `mustApprove`: what arrives in it awaits approval. */
export const groupRow = z.object({
  id: z.uuid(),
  kind: z.enum(groupKinds),
  name: z.string(),
  location: named.nullable(),
  defaultRole: roleNamed.nullable(),
  mustApprove: z.boolean(),
  namespaceId: z.uuid(),
  members: count,
  studies: count,
  createdAt: z.iso.datetime(),
});
export type GroupRow = z.infer<typeof groupRow>;
export const groupsAnswer = z.object({ groups: z.array(groupRow) });
export type GroupsAnswer = z.infer<typeof groupsAnswer>;

/** `role`: what they have in this group of their own; null where its default role is theirs. */
export const groupMember = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  state: z.enum(['invited', 'active', 'suspended']),
  role: roleNamed.nullable(),
  since: z.iso.datetime(),
});
export type GroupMember = z.infer<typeof groupMember>;
/** A group with its members, by name; of a location also the groups that are there. */
export const groupAnswer = groupRow.extend({ people: z.array(groupMember), groups: z.array(named) });
export type GroupAnswer = z.infer<typeof groupAnswer>;

/** `locationId` is for groups only. */
export const createGroupRequest = z.strictObject({
  name: lineOf(100),
  locationId: z.uuid().nullable().default(null),
  defaultRoleId: z.uuid().nullable().default(null),
  mustApprove: z.boolean().default(false),
});
export type CreateGroupRequest = z.input<typeof createGroupRequest>;

/** What is absent stays as it is. */
export const changeGroupRequest = z.strictObject({
  name: lineOf(100).optional(),
  locationId: z.uuid().nullable().optional(),
  defaultRoleId: z.uuid().nullable().optional(),
  mustApprove: z.boolean().optional(),
});
export type ChangeGroupRequest = z.input<typeof changeGroupRequest>;

export const deletedGroupAnswer = z.object({ deleted: named });

/** Puts somebody in, or gives who is in it another role there; null: the group's default role. */
export const enrolRequest = z.strictObject({ roleId: z.uuid().nullable().default(null) });
export type EnrolRequest = z.input<typeof enrolRequest>;

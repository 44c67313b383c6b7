import {
  type ChangeGroupRequest,
  type CreateGroupRequest,
  deletedGroupAnswer,
  type GroupAnswer,
  type GroupKind,
  type GroupsAnswer,
  groupAnswer,
  groupsAnswer,
  pathOf,
  paths,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** A group or a location: they have paths of their own, and are alike in everything else. */
export type GroupRef = { readonly kind: GroupKind; readonly id: string };

const pathsOf = {
  group: { all: paths.groups, one: paths.group, member: paths.groupMember },
  location: { all: paths.locations, one: paths.location, member: paths.locationMember },
} as const;

const one = ({ kind, id }: GroupRef): string => pathOf(pathsOf[kind].one, { groupId: id });
const member = ({ kind, id }: GroupRef, userId: string): string =>
  pathOf(pathsOf[kind].member, { groupId: id, userId });

/** The groups of the account, or its locations. */
export function groups(exchange: Exchange, kind: GroupKind, signal?: AbortSignal): Promise<GroupsAnswer> {
  return call(exchange, { path: pathsOf[kind].all, answer: groupsAnswer, signal });
}

/** A group with who is in it. */
export function group(exchange: Exchange, ref: GroupRef, signal?: AbortSignal): Promise<GroupAnswer> {
  return call(exchange, { path: one(ref), answer: groupAnswer, signal });
}

export function createGroup(exchange: Exchange, kind: GroupKind, request: CreateGroupRequest): Promise<GroupAnswer> {
  return call(exchange, { path: pathsOf[kind].all, json: request, answer: groupAnswer });
}

/** What is absent stays as it is. */
export function changeGroup(exchange: Exchange, ref: GroupRef, request: ChangeGroupRequest): Promise<GroupAnswer> {
  return call(exchange, { method: 'PATCH', path: one(ref), json: request, answer: groupAnswer });
}

/** Deletes a group that holds no studies. */
export async function deleteGroup(exchange: Exchange, ref: GroupRef): Promise<void> {
  await call(exchange, { method: 'DELETE', path: one(ref), answer: deletedGroupAnswer });
}

/** Puts somebody in, or gives them another role there; null: the group's default role. */
export function enrol(exchange: Exchange, ref: GroupRef, userId: string, roleId: string | null): Promise<GroupAnswer> {
  return call(exchange, { method: 'PUT', path: member(ref, userId), json: { roleId }, answer: groupAnswer });
}

/** Takes somebody out. */
export function dismiss(exchange: Exchange, ref: GroupRef, userId: string): Promise<GroupAnswer> {
  return call(exchange, { method: 'DELETE', path: member(ref, userId), answer: groupAnswer });
}

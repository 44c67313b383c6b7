import {
  type ApprovalAnswer,
  approvalAnswer,
  type GranteesAnswer,
  type GrantRequest,
  type GrantRow,
  granteesAnswer,
  grantsAnswer,
  pathOf,
  paths,
  type RevokedAnswer,
  revokedAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';
import { queryText } from './query-text.ts';

/** To whom a study is granted at the moment. */
export async function grants(exchange: Exchange, studyId: string, signal?: AbortSignal): Promise<readonly GrantRow[]> {
  return (await call(exchange, { path: pathOf(paths.studyGrants, { studyId }), answer: grantsAnswer, signal })).grants;
}

/** Grants a study, or series of it; granted again it says anew until when. */
export async function createGrant(
  exchange: Exchange,
  studyId: string,
  grant: GrantRequest,
): Promise<readonly GrantRow[]> {
  const path = pathOf(paths.studyGrants, { studyId });
  return (await call(exchange, { path, json: grant, answer: grantsAnswer })).grants;
}

/** From the next request on it opens nothing. Revoking twice says the same. */
export function revokeGrant(exchange: Exchange, studyId: string, grantId: string): Promise<RevokedAnswer> {
  const path = pathOf(paths.studyGrant, { studyId, grantId });
  return call(exchange, { method: 'DELETE', path, answer: revokedAnswer });
}

/** Who of the account could be granted something, by a part of the name. */
export function findGrantees(exchange: Exchange, search: string, signal?: AbortSignal): Promise<GranteesAnswer> {
  return call(exchange, { path: paths.peopleAndGroups + queryText({ search }), answer: granteesAnswer, signal });
}

/** Approves a study that awaits it, or takes the approval back. */
export function decideApproval(exchange: Exchange, studyId: string, approve: boolean): Promise<ApprovalAnswer> {
  const path = pathOf(paths.studyApproval, { studyId });
  return call(exchange, { method: approve ? 'POST' : 'DELETE', path, answer: approvalAnswer });
}

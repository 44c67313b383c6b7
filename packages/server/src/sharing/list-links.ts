import type { LinkRow, LinkUse } from '@symbolon/contract';
import { type Attempts, may, type SignedIn } from '../access/index.ts';
import { type Audit, type Looks, linkUsesOf } from '../audit/index.ts';
import { KeysError, type StudyPlace } from '../keys/index.ts';
import { namesOf } from '../people/index.ts';
import {
  notFound,
  placeOfStudy,
  type StudiesDeps,
  type StudyLabel,
  studyForReader,
  studyLabels,
} from '../studies/index.ts';
import { linkNotFound } from './errors.ts';
import { linkOfAccount, linksOf } from './link.store.ts';
import { openNote } from './link-cells.ts';
import { type StudyLink, stateOf } from './study-link.ts';

export type LinkDeps = StudiesDeps & {
  readonly audit: Audit;
  readonly looks: Looks;
  readonly attempts: Attempts;
  readonly now: () => Date;
};

/** @throws StudiesError STUDY_NOT_FOUND  what one may not share looks as what is not there */
export function mayShare(
  actor: SignedIn,
  action: 'link.create' | 'link.revoke' | 'link.list',
  study: StudyPlace,
): void {
  if (!may(actor, action, study)) throw notFound();
}

export async function placeOf(deps: LinkDeps, link: Pick<StudyLink, 'accountId' | 'studyId'>): Promise<StudyPlace> {
  const place = await placeOfStudy(deps.database, link.accountId, link.studyId);
  if (!place) throw linkNotFound();
  return place;
}

export async function noteOf(deps: LinkDeps, link: StudyLink): Promise<string> {
  return openNote(deps.chains, await placeOf(deps, link), link.id, link.cell);
}

function rowFrom(
  link: StudyLink,
  about: { readonly names: ReadonlyMap<string, string>; readonly label: StudyLabel | undefined; readonly note: string },
  now: Date,
): LinkRow {
  const { id, studyId, createdAt, createdBy, expiresAt, revokedAt, revokedBy, lastOpenedAt } = link;
  return {
    id,
    state: stateOf(link, now),
    study: { id: studyId, patientName: '', date: null, description: '', ...about.label },
    createdAt: createdAt.toISOString(),
    createdBy: about.names.get(createdBy) ?? createdBy,
    expiresAt: expiresAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
    revokedBy: revokedBy === null ? null : (about.names.get(revokedBy) ?? revokedBy),
    hasPassword: link.passwordHash !== null,
    download: link.download,
    note: about.note,
    opened: link.opened,
    lastOpenedAt: lastOpenedAt?.toISOString() ?? null,
    wrongPasswords: link.wrongPasswords,
  };
}

async function rowsOf(deps: LinkDeps, links: readonly StudyLink[]): Promise<LinkRow[]> {
  const [first] = links;
  if (!first) return [];
  const people = links.flatMap(({ createdBy, revokedBy }) =>
    revokedBy === null ? [createdBy] : [createdBy, revokedBy],
  );
  const names = await namesOf(deps.database, people);
  const labels = await studyLabels(deps, first.accountId, [...new Set(links.map(({ studyId }) => studyId))]);
  const now = deps.now();
  const rows: LinkRow[] = [];
  for (const link of links)
    rows.push(rowFrom(link, { names, label: labels.get(link.studyId), note: await noteOf(deps, link) }, now));
  return rows;
}

export async function rowOf(deps: LinkDeps, link: StudyLink): Promise<LinkRow> {
  const [row] = await rowsOf(deps, [link]);
  return row as LinkRow;
}

/** The same, without what is sealed where the keys are away: what was done to the link does not wait for them. */
export async function rowWithoutKeys(deps: LinkDeps, link: StudyLink): Promise<LinkRow> {
  return rowOf(deps, link).catch(async (error: unknown) => {
    if (!(error instanceof KeysError) || error.code !== 'KEYS_UNAVAILABLE') throw error;
    const people = link.revokedBy === null ? [link.createdBy] : [link.createdBy, link.revokedBy];
    const names = await namesOf(deps.database, people);
    return rowFrom(link, { names, label: undefined, note: '' }, deps.now());
  });
}

/** Links newest first: those to one study, or of the account. What is open comes first, so that it can be revoked. */
export async function listLinks(deps: LinkDeps, actor: SignedIn, studyId?: string): Promise<LinkRow[]> {
  const study = studyId === undefined ? undefined : await studyForReader(deps, actor, 'study.view', studyId);
  if (study) mayShare(actor, 'link.list', study.place);
  const where = study === undefined ? {} : { studyId: study.place.studyId };
  const links = await linksOf(deps.database, actor.accountId, where, deps.now());
  await deps.looks.record({
    actor,
    action: 'link.list',
    kind: 'read',
    outcome: 'success',
    shown: [...new Set(links.map(({ studyId }) => studyId))].sort(),
    ...(study ? { study: study.place } : {}),
  });
  return rowsOf(deps, links);
}

/** What was done by a link, newest first, as the audit has it. */
export async function usesOfLink(deps: LinkDeps, actor: SignedIn, linkId: string): Promise<LinkUse[]> {
  const link = await linkOfAccount(deps.database, actor.accountId, linkId);
  if (!link) throw linkNotFound();
  const study = await placeOf(deps, link);
  mayShare(actor, 'link.list', study);
  await deps.looks.record({ actor, action: 'link.list', kind: 'read', outcome: 'success', study, linkId });
  return linkUsesOf(deps, study, linkId);
}

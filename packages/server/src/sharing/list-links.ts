import type { LinkRow, LinksAnswer, LinkUse, linksQuery } from '@symbolon/contract';
import type { z } from 'zod';
import { type Attempts, reachOf, type SignedIn } from '../access/index.ts';
import { type Audit, type Looks, linkUsesOf } from '../audit/index.ts';
import { KeysError, type StudyPlace } from '../keys/index.ts';
import { namesOf } from '../people/index.ts';
import {
  mayName,
  notFound,
  placeOfStudy,
  placeReached,
  reached,
  type StudiesDeps,
  StudiesError,
  type StudyLabel,
  studiesByIds,
  studyForReader,
  studyLabels,
} from '../studies/index.ts';
import { linkNotFound } from './errors.ts';
import { type LinksSeen, linkOfAccount, linksOf } from './link.store.ts';
import { noteOrNone } from './link-cells.ts';
import { type StudyLink, stateOf } from './study-link.ts';

export type LinkDeps = StudiesDeps & {
  readonly audit: Audit;
  readonly looks: Looks;
  readonly attempts: Attempts;
  readonly now: () => Date;
};

/** A link with its study, for someone who may do this with that link. @throws SharingError LINK_NOT_FOUND */
export async function reachedLink(
  deps: LinkDeps,
  actor: SignedIn,
  action: 'link.revoke' | 'link.list',
  linkId: string,
): Promise<{ readonly link: StudyLink; readonly study: StudyPlace }> {
  const link = await linkOfAccount(deps.database, actor.accountId, linkId);
  const how = { evenEmpty: true, ...(link && { madeBy: link.createdBy }) };
  // Also where there is no link: a link that is not reached takes no longer than one that is not there.
  const place = placeReached(deps.database, actor, action, link?.studyId ?? linkId, how);
  const study = await place.catch((error: unknown) => {
    throw error instanceof StudiesError ? linkNotFound() : error;
  });
  if (!link) throw linkNotFound();
  return { link, study };
}

export async function placeOf(deps: LinkDeps, link: Pick<StudyLink, 'accountId' | 'studyId'>): Promise<StudyPlace> {
  const place = await placeOfStudy(deps.database, link.accountId, link.studyId);
  if (!place) throw linkNotFound();
  return place;
}

export function noteOf(deps: LinkDeps, link: StudyLink): Promise<string> {
  return noteOrNone(deps.chains, link, link.id, link.cell);
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

async function rowsOf(deps: LinkDeps, actor: SignedIn, links: readonly StudyLink[]): Promise<LinkRow[]> {
  const people = links.flatMap(({ createdBy, revokedBy }) =>
    revokedBy === null ? [createdBy] : [createdBy, revokedBy],
  );
  const names = await namesOf(deps.database, actor.accountId, people);
  const labels = await studyLabels(deps, actor, [...new Set(links.map(({ studyId }) => studyId))]);
  const studies = await studiesByIds(deps.database, actor.accountId, [...new Set(links.map(({ studyId }) => studyId))]);
  const named = new Set(studies.filter((row) => mayName(actor, row)).map(({ id }) => id));
  const now = deps.now();
  const rows: LinkRow[] = [];
  for (const link of links) {
    // A note may name somebody.
    const note = named.has(link.studyId) ? await noteOf(deps, link) : '';
    rows.push(rowFrom(link, { names, label: labels.get(link.studyId), note }, now));
  }
  return rows;
}

export async function rowOf(deps: LinkDeps, actor: SignedIn, link: StudyLink): Promise<LinkRow> {
  const [row] = await rowsOf(deps, actor, [link]);
  return row as LinkRow;
}

/** The same, without what is sealed where the keys are away: what was done to the link does not wait for them. */
export async function rowWithoutKeys(deps: LinkDeps, actor: SignedIn, link: StudyLink): Promise<LinkRow> {
  return rowOf(deps, actor, link).catch(async (error: unknown) => {
    if (!(error instanceof KeysError) || error.code !== 'KEYS_UNAVAILABLE') throw error;
    const people = link.revokedBy === null ? [link.createdBy] : [link.createdBy, link.revokedBy];
    const names = await namesOf(deps.database, actor.accountId, people);
    return rowFrom(link, { names, label: undefined, note: '' }, deps.now());
  });
}

type Page = z.output<typeof linksQuery>;

/** A link is to all of a study: it is no matter of who was granted some series. */
const seenBy = (actor: SignedIn, studyId: string | undefined): LinksSeen => ({
  studyId,
  userId: actor.userId,
  ofMine: reached(reachOf(actor, 'link.list', { mine: true }), { whole: true }),
  ofOthers: reached(reachOf(actor, 'link.list'), { whole: true }),
});

const positionOf = ({ createdAt, id }: StudyLink): string => `${createdAt.getTime()}.${id}`;

/** One more than a page, and where it goes on: what is open, and what is not behind it. */
async function pageOf(
  { database, now }: LinkDeps,
  { accountId }: SignedIn,
  seen: LinksSeen,
  { before, limit }: Page,
): Promise<{ readonly links: readonly StudyLink[]; readonly next: string | null }> {
  const [section = 'open', ms, id = ''] = before?.split('.') ?? [];
  const after = ms === undefined ? undefined : { createdAt: new Date(Number(ms)), id };
  const look = (state: 'open' | 'closed', many: number) =>
    linksOf(database, accountId, state, seen, {
      after: state === section ? after : undefined,
      limit: many,
      now: now(),
    });
  const open = section === 'open' ? await look('open', limit + 1) : [];
  if (open.length > limit)
    return { links: open.slice(0, limit), next: `open.${positionOf(open[limit - 1] as StudyLink)}` };
  const room = limit - open.length;
  const closed = await look('closed', room + 1);
  const links = [...open, ...closed.slice(0, room)];
  if (closed.length <= room) return { links, next: null };
  const last = links.at(-1) as StudyLink;
  return { links, next: `${room === 0 ? 'open' : 'closed'}.${positionOf(last)}` };
}

/** Links newest first: those to one study, or of the account. What is open comes first, so that it can be revoked. */
export async function listLinks(deps: LinkDeps, actor: SignedIn, page: Page, studyId?: string): Promise<LinksAnswer> {
  const study = studyId === undefined ? undefined : await studyForReader(deps, actor, 'study.view', studyId);
  if (study?.only) throw notFound();
  const { links, next } = await pageOf(deps, actor, seenBy(actor, study?.place.studyId), page);
  await deps.looks.record({
    actor,
    action: 'link.list',
    kind: 'read',
    outcome: 'success',
    shown: [...new Set(links.map(({ studyId }) => studyId))].sort(),
    ...(study ? { study: study.place } : {}),
  });
  return { links: await rowsOf(deps, actor, links), next };
}

/** What was done by a link, newest first, as the audit has it. */
export async function usesOfLink(deps: LinkDeps, actor: SignedIn, linkId: string): Promise<LinkUse[]> {
  const { study } = await reachedLink(deps, actor, 'link.list', linkId);
  await deps.looks.record({ actor, action: 'link.list', kind: 'read', outcome: 'success', study, linkId });
  return linkUsesOf(deps, study, linkId);
}

import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { LookAtLinkAnswer } from '@symbolon/contract';
import {
  AccessError,
  type Actor,
  type Limits,
  type LinkCredential,
  type LinkVisitor,
  networkOf,
  type Routed,
  within,
} from '../access/index.ts';
import { type Audit, recordPast } from '../audit/index.ts';
import { accountName, namesOf, verifyPassword } from '../people/index.ts';
import type { Database } from '../platform/db/database.ts';
import { digestOf } from './create-link.ts';
import { linkNotFound, SharingError } from './errors.ts';
import { addVisit, countOpening, countWrongPassword, linkById, visitByDigest } from './link.store.ts';
import { type LinkDeps, noteOf, placeOf } from './list-links.ts';
import { mustBeOpen, type StudyLink } from './study-link.ts';

const minuteMs = 60_000;
/** After so long somebody has to open the link again, with its password. */
const longestVisitMs = 12 * 60 * minuteMs;

/** Tries at one link's password: by one visitor, and by all of them. */
function passwordLimits(linkId: string, address: string): Limits {
  const own = { name: `link ${linkId} from ${networkOf(address)}`, tries: 5, windowMs: 15 * minuteMs };
  return { own, all: { name: `link ${linkId}`, tries: 50, windowMs: 60 * minuteMs } };
}

/** Whose a link is, is known when it is found. */
type OpenLinkDeps = Routed<LinkDeps>;

/** The link whose secret this is. A wrong secret and an unknown link are one answer; so are their costs. */
async function provenLink(deps: OpenLinkDeps, linkId: string, secret: string): Promise<StudyLink> {
  const link = await linkById(deps.databases.every, linkId);
  const given = digestOf(secret);
  if (!link || !timingSafeEqual(given, link.digest)) throw linkNotFound();
  return link;
}

async function lookOf(deps: LinkDeps, link: StudyLink, note: string): Promise<LookAtLinkAnswer> {
  const names = await namesOf(deps.database, link.accountId, [link.createdBy]);
  return {
    from: names.get(link.createdBy) ?? '',
    accountName: await accountName(deps.database, link.accountId),
    expiresAt: link.expiresAt.toISOString(),
    needsPassword: link.passwordHash !== null,
    download: link.download,
    note,
  };
}

/** What stands behind a link: from whom, until when. Nothing of the study. */
export async function lookAtLink(deps: OpenLinkDeps, linkId: string, secret: string): Promise<LookAtLinkAnswer> {
  const link = await provenLink(deps, linkId, secret);
  mustBeOpen(link, deps.now());
  return lookOf(within(deps, link.accountId), link, '');
}

export type OpenedLink = { readonly look: LookAtLinkAnswer; readonly visitSecret: string };

/**
 * Opens a link for one browser: a visit with a secret of its own, so that the link's secret need not stay in the page.
 *
 * @throws SharingError LINK_NOT_FOUND, LINK_EXPIRED, LINK_REVOKED, LINK_PASSWORD_WRONG
 * @throws AccessError ACCESS_TOO_MANY_TRIES
 */
export async function openLink(
  all: OpenLinkDeps,
  actor: Actor,
  linkId: string,
  input: { readonly secret: string; readonly password?: string | undefined },
): Promise<OpenedLink> {
  const link = await provenLink(all, linkId, input.secret);
  const deps = within(all, link.accountId);
  const study = await placeOf(deps, link);
  const about = { accountId: link.accountId, linkId: link.id, study };
  const entry = { actor, ...about, action: 'link.open', kind: 'execute' } as const;
  const refused = (reason: string) => ({ ...entry, outcome: 'refused', detail: { reason } }) as const;
  try {
    mustBeOpen(link, deps.now());
  } catch (error) {
    if (error instanceof SharingError) await deps.audit.record(deps.database, [refused(error.code)]);
    throw error;
  }
  if (link.passwordHash !== null) {
    const limits = passwordLimits(link.id, actor.address);
    await deps.attempts.take(limits).catch(async (error: unknown) => {
      if (error instanceof AccessError && error.past)
        await recordPast(deps.audit, deps.database, error.past, refused(error.code));
      throw error;
    });
    if (!(await verifyPassword(input.password ?? '', link.passwordHash))) {
      await deps.database.transaction().execute(async (trx) => {
        await countWrongPassword(trx, link.id);
        await deps.audit.record(trx, [refused('LINK_PASSWORD_WRONG')]);
      });
      throw new SharingError(
        'LINK_PASSWORD_WRONG',
        'The password is not right. Ask the one who shared the link for it.',
      );
    }
    await deps.attempts.giveBack(limits);
  }
  // Before anything is counted or recorded: without its key nothing is opened.
  const note = await noteOf(deps, link);
  const visitSecret = randomBytes(32).toString('base64url');
  const now = deps.now();
  const ends = Math.min(link.expiresAt.getTime(), now.getTime() + longestVisitMs);
  await deps.database.transaction().execute(async (trx) => {
    const visit = { id: randomUUID(), digest: digestOf(visitSecret), linkId: link.id, address: actor.address };
    await addVisit(trx, { ...visit, createdAt: now, expiresAt: new Date(ends) });
    await countOpening(trx, link.id, now);
    await deps.audit.record(trx, [{ ...entry, outcome: 'success' }]);
  });
  return { look: await lookOf(deps, link, note), visitSecret };
}

/**
 * Who opened this link in this browser; undefined where they did not, or too long ago. Where the link is over that is
 * said, and recorded: the one who shared it sees that somebody tried.
 *
 * @throws SharingError LINK_REVOKED, LINK_EXPIRED
 */
export async function actorOfLink(
  deps: { readonly database: Database; readonly audit: Audit; readonly now: () => Date },
  { linkId, secret, address, action }: LinkCredential,
): Promise<LinkVisitor | undefined> {
  if (!/^[0-9a-f-]{36}$/.test(linkId)) return undefined;
  const row = await visitByDigest(deps.database, linkId, digestOf(secret));
  if (!row) return undefined;
  const { visitId, accountId, studyId, download } = row;
  const actor = { kind: 'link', linkId, visitId, accountId, studyId, download, address } as const;
  try {
    mustBeOpen(row, deps.now());
  } catch (error) {
    await deps.audit.record(deps.database, [{ actor, action, kind: 'execute', outcome: 'refused' }]);
    throw error;
  }
  return row.visitEndsAt <= deps.now() ? undefined : actor;
}

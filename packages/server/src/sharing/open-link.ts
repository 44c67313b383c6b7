import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { LookAtLinkAnswer } from '@symbolon/contract';
import { AccessError, type Actor, type Limit, type LinkVisitor, networkOf } from '../access/index.ts';
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
function passwordLimits(linkId: string, address: string): { readonly own: Limit; readonly all: readonly Limit[] } {
  const own = { name: `link ${linkId} from ${networkOf(address)}`, tries: 5, windowMs: 15 * minuteMs };
  return { own, all: [own, { name: `link ${linkId}`, tries: 50, windowMs: 60 * minuteMs }] };
}

/** The link whose secret this is. A wrong secret and an unknown link are one answer; so are their costs. */
async function provenLink(deps: LinkDeps, linkId: string, secret: string): Promise<StudyLink> {
  const link = await linkById(deps.database, linkId);
  const given = digestOf(secret);
  if (!link || !timingSafeEqual(given, link.digest)) throw linkNotFound();
  mustBeOpen(link, deps.now());
  return link;
}

async function lookOf(deps: LinkDeps, link: StudyLink, opened: boolean): Promise<LookAtLinkAnswer> {
  const names = await namesOf(deps.database, [link.createdBy]);
  return {
    from: names.get(link.createdBy) ?? '',
    accountName: await accountName(deps.database, link.accountId),
    expiresAt: link.expiresAt.toISOString(),
    needsPassword: link.passwordHash !== null,
    download: link.download,
    note: opened || link.passwordHash === null ? await noteOf(deps, link) : '',
  };
}

/** What stands behind a link: from whom, until when. Nothing of the study. */
export async function lookAtLink(deps: LinkDeps, linkId: string, secret: string): Promise<LookAtLinkAnswer> {
  return lookOf(deps, await provenLink(deps, linkId, secret), false);
}

export type OpenedLink = { readonly look: LookAtLinkAnswer; readonly visitSecret: string };

/**
 * Opens a link for one browser: a visit with a secret of its own, so that the link's secret need not stay in the page.
 *
 * @throws SharingError LINK_NOT_FOUND, LINK_EXPIRED, LINK_REVOKED, LINK_PASSWORD_WRONG
 * @throws AccessError ACCESS_TOO_MANY_TRIES
 */
export async function openLink(
  deps: LinkDeps,
  actor: Actor,
  linkId: string,
  input: { readonly secret: string; readonly password?: string | undefined },
): Promise<OpenedLink> {
  const link = await provenLink(deps, linkId, input.secret);
  const study = await placeOf(deps, link);
  const entry = { actor, accountId: link.accountId, linkId, study, action: 'link.open', kind: 'execute' } as const;
  if (link.passwordHash !== null) {
    const limits = passwordLimits(linkId, actor.address);
    await deps.attempts.take(limits.all).catch(async (error: unknown) => {
      if (error instanceof AccessError)
        await deps.audit.record(deps.database, [{ ...entry, outcome: 'refused', detail: { reason: error.code } }]);
      throw error;
    });
    if (!(await verifyPassword(input.password ?? '', link.passwordHash))) {
      await deps.database.transaction().execute(async (trx) => {
        await countWrongPassword(trx, linkId);
        await deps.audit.record(trx, [{ ...entry, outcome: 'refused', detail: { reason: 'LINK_PASSWORD_WRONG' } }]);
      });
      throw new SharingError(
        'LINK_PASSWORD_WRONG',
        'The password is not right. Ask the one who shared the link for it.',
      );
    }
    await deps.attempts.forget([limits.own]);
  }
  const visitSecret = randomBytes(32).toString('base64url');
  const now = deps.now();
  const ends = Math.min(link.expiresAt.getTime(), now.getTime() + longestVisitMs);
  await deps.database.transaction().execute(async (trx) => {
    const visit = { id: randomUUID(), digest: digestOf(visitSecret), linkId, address: actor.address };
    await addVisit(trx, { ...visit, createdAt: now, expiresAt: new Date(ends) });
    await countOpening(trx, linkId, now);
    await deps.audit.record(trx, [{ ...entry, outcome: 'success' }]);
  });
  return { look: await lookOf(deps, link, true), visitSecret };
}

/** Who opened this link in this browser; undefined where they did not, or too long ago. @throws SharingError when it is over */
export async function actorOfLink(
  deps: { readonly database: Database; readonly now: () => Date },
  linkId: string,
  visitSecret: string,
  address: string,
): Promise<LinkVisitor | undefined> {
  if (!/^[0-9a-f-]{36}$/.test(linkId)) return undefined;
  const row = await visitByDigest(deps.database, linkId, digestOf(visitSecret));
  if (!row) return undefined;
  mustBeOpen(row, deps.now());
  if (row.visitEndsAt <= deps.now()) return undefined;
  const { visitId, accountId, studyId, download } = row;
  return { kind: 'link', linkId, visitId, accountId, studyId, download, address };
}

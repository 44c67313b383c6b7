import {
  type LinkAnswer,
  type LinkRequest,
  type LinkRow,
  type LinksAnswer,
  type LinkUse,
  type LookAtLinkAnswer,
  linkAnswer,
  linkRow,
  linksAnswer,
  linkUsesAnswer,
  lookAtLinkAnswer,
  pathOf,
  paths,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** A page of links shows no more than so many. */
const mostLinks = 2000;

/** The links to one study, or of the account: what is open first, each newest first. */
export async function links(exchange: Exchange, studyId?: string, signal?: AbortSignal): Promise<readonly LinkRow[]> {
  const path = studyId === undefined ? paths.links : pathOf(paths.studyLinks, { studyId });
  const all: LinkRow[] = [];
  for (let before: string | null = ''; before !== null; ) {
    const page: LinksAnswer = await call(exchange, {
      path: before === '' ? path : `${path}?before=${before}`,
      answer: linksAnswer,
      signal,
    });
    all.push(...page.links);
    before = all.length < mostLinks ? page.next : null;
  }
  return all;
}

export function createLink(exchange: Exchange, studyId: string, request: LinkRequest): Promise<LinkAnswer> {
  return call(exchange, { path: pathOf(paths.studyLinks, { studyId }), json: request, answer: linkAnswer });
}

/** From now on the link opens nothing, for whoever has it open too. Revoking twice says the same. */
export function revokeLink(exchange: Exchange, linkId: string): Promise<LinkRow> {
  return call(exchange, { method: 'DELETE', path: pathOf(paths.link, { linkId }), answer: linkRow });
}

export async function linkUses(exchange: Exchange, linkId: string, signal?: AbortSignal): Promise<readonly LinkUse[]> {
  return (await call(exchange, { path: pathOf(paths.linkUses, { linkId }), answer: linkUsesAnswer, signal })).uses;
}

/** What stands behind a link, before it is opened; nothing of the study. */
export function lookAtLink(exchange: Exchange, linkId: string, secret: string): Promise<LookAtLinkAnswer> {
  return call(exchange, { path: pathOf(paths.lookAtLink, { linkId }), json: { secret }, answer: lookAtLinkAnswer });
}

/** Opens it: from then on a cookie that only this link's addresses see lets this browser at the study. */
export function openLink(
  exchange: Exchange,
  linkId: string,
  request: { readonly secret: string; readonly password?: string },
): Promise<LookAtLinkAnswer> {
  return call(exchange, { path: pathOf(paths.openLink, { linkId }), json: request, answer: lookAtLinkAnswer });
}

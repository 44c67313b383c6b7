import type { IncomingHttpHeaders } from 'node:http';
import { pathOf, paths } from '@symbolon/contract';

/** `__Host-` and `__Secure-` make browsers refuse what another host or a plain connection would set (RFC 6265bis §4.1.3). */
const sessionCookie = '__Host-symbolon-session';
const deviceCookie = '__Host-symbolon-device';
const linkCookie = '__Secure-symbolon-link';

/** Secrets as we make them: 256 random bits, base64url. */
const secretForm = /^[A-Za-z0-9_-]{43}$/;

function cookieNamed(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [key, value] = [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()];
    if (key === name && secretForm.test(value)) return value;
  }
  return undefined;
}

export const sessionSecretIn = (headers: IncomingHttpHeaders): string | undefined =>
  cookieNamed(headers, sessionCookie);
export const deviceSecretIn = (headers: IncomingHttpHeaders): string | undefined => cookieNamed(headers, deviceCookie);
export const linkSecretIn = (headers: IncomingHttpHeaders): string | undefined => cookieNamed(headers, linkCookie);

const flags = 'Secure; HttpOnly; SameSite=Strict';

/** No Max-Age: a browser forgets it when it is closed; the exchange ends it earlier. */
export const sessionCookieOf = (secret: string): string => `${sessionCookie}=${secret}; Path=/; ${flags}`;
export const noSessionCookie = `${sessionCookie}=; Path=/; Max-Age=0; ${flags}`;

/** By what a browser is known in which somebody signed in. It proves nothing alone: beside a password it says that they were here before. */
export const deviceCookieOf = (secret: string): string =>
  `${deviceCookie}=${secret}; Path=/; Max-Age=${180 * 86_400}; ${flags}`;

/** Sent to this link's own addresses only, so that several links can be open in one browser, beside a session. */
export function linkCookieOf(linkId: string, secret: string): string {
  return `${linkCookie}=${secret}; Path=${pathOf(paths.sharedStudy, { linkId })}; ${flags}`;
}

/**
 * Whether a request that proves itself by a cookie comes from a page of this exchange: a browser sends cookies along with
 * what other pages make it ask. Another port of the same host is another site's page too, though SameSite lets it through.
 * Source: Fetch Metadata Request Headers §2.2; RFC 6454 §7.
 */
export function isFromOwnPage(method: string, headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  // "none": typed into the address bar, or a bookmark; nobody else's page.
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && method === 'GET');
  const { origin, host } = headers;
  if (origin !== undefined) return origin === `https://${host}`;
  return method === 'GET';
}

/**
 * Whether a browser says that a page of somebody else wants something done. Programs say nothing of pages. What a page only looks at
 * is another matter: whoever follows a link comes from one.
 */
export function isDoneByOtherPage(method: string, headers: IncomingHttpHeaders): boolean {
  const says = headers['sec-fetch-site'] !== undefined || headers.origin !== undefined;
  return method !== 'GET' && says && !isFromOwnPage(method, headers);
}

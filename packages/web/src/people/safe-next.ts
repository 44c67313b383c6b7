import { pages } from '@symbolon/contract';

const notAfterSignIn: readonly string[] = [pages.home, pages.signIn, pages.setup];

/** Where to go after signing in: a page of this exchange and nothing else, whatever stands in the address. */
export function safeNext(next: unknown, origin: string): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return pages.worklist;
  const url = URL.canParse(next, origin) ? new URL(next, origin) : undefined;
  if (
    url === undefined ||
    url.origin !== origin ||
    url.pathname.startsWith('//') ||
    notAfterSignIn.includes(url.pathname)
  )
    return pages.worklist;
  return url.pathname + url.search;
}

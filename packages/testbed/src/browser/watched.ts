import type { BrowserContext, Request } from 'playwright-core';

/** Something a page of ours never does by itself. */
export type Sight = {
  readonly kind: 'console' | 'error' | 'dialog' | 'policy' | 'other host' | 'failed request' | 'crash';
  readonly text: string;
};

export type Watch = {
  readonly sights: readonly Sight[];
  /** How often a page asked whether one really wants to leave it; leaving is always confirmed. */
  readonly askedBeforeLeaving: number;
  /** How many requests are under way. */
  readonly underWay: number;
  /** What this test brings about itself, such as a refused sign-in, which Chromium puts on the console. */
  expect(text: RegExp): void;
  /** What was seen and not expected. */
  loud(): readonly Sight[];
};

/** Marks our own line on the console: a violation tells more as an event than in Chromium's words. */
const policyMark = 'a content security policy was broken:';

/** Watches all pages, frames and workers of a context, and what they ask of the network. `at` are where it may ask. */
export async function watched(context: BrowserContext, at: readonly string[]): Promise<Watch> {
  const own = new Set(at.map((url) => new URL(url).origin));
  const sights: Sight[] = [];
  const expected: RegExp[] = [];
  let askedBeforeLeaving = 0;
  const underWay = new Set<Request>();
  const see = (kind: Sight['kind'], text: string) => sights.push({ kind, text });

  await context.addInitScript((mark) => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(mark, event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber, event.sample);
    });
  }, policyMark);
  context.on('console', (message) => {
    const text = message.text();
    const policy = text.startsWith(policyMark) || text.includes('Content Security Policy');
    if (policy) see('policy', text);
    else if (['error', 'warning'].includes(message.type())) see('console', `${message.type()}: ${text}`);
  });
  context.on('weberror', (error) => see('error', error.error().stack ?? error.error().message));
  context.on('dialog', (dialog) => {
    if (dialog.type() === 'beforeunload') askedBeforeLeaving += 1;
    else see('dialog', `${dialog.type()}: ${dialog.message()}`);
    const done = dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss();
    // The page may be gone by then.
    done.catch(() => {});
  });
  context.on('request', (request) => {
    underWay.add(request);
    const url = new URL(request.url());
    if (['data:', 'blob:'].includes(url.protocol) || own.has(url.origin)) return;
    see('other host', `${request.method()} ${request.url()}`);
  });
  context.on('requestfinished', (request) => underWay.delete(request));
  context.on('requestfailed', (request) => {
    underWay.delete(request);
    const why = request.failure()?.errorText ?? 'unknown';
    // Given up by the page itself, such as an image that was scrolled past.
    if (why !== 'net::ERR_ABORTED') see('failed request', `${why}: ${request.method()} ${request.url()}`);
  });
  context.on('page', (page) => page.on('crash', () => see('crash', page.url())));

  return {
    sights,
    get askedBeforeLeaving() {
      return askedBeforeLeaving;
    },
    get underWay() {
      return underWay.size;
    },
    expect: (text) => expected.push(text),
    loud: () => sights.filter(({ text }) => !expected.some((one) => one.test(text))),
  };
}

/** Throws with all that was seen and not expected. */
export function expectQuiet(...watches: readonly Watch[]): void {
  const loud = watches.flatMap((watch) => watch.loud());
  if (loud.length === 0) return;
  const lines = loud.map(({ kind, text }) => `  ${kind}: ${text}`);
  throw new Error(`the page was not quiet:\n${[...new Set(lines)].join('\n')}`);
}

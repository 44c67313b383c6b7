import { createHash, X509Certificate } from 'node:crypto';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { type Peer, peerTest, requirePeer } from '../peers/require-peer.ts';
import { desk, type Screen } from './screens.ts';
import { type Watch, watched } from './watched.ts';

const peer: Peer = { command: 'chromium', package: 'chromium fonts-dejavu-core fonts-noto-cjk' };

/** A test in real Chromium; where that is missing it is skipped, and its title says what to install. */
export function browserTest(name: string, body: () => Promise<void>, timeoutMs?: number): void {
  peerTest(name, peer, body, timeoutMs);
}

export type VisitOptions = {
  readonly on?: Screen;
  readonly colours?: 'light' | 'dark';
  readonly motion?: 'reduce' | 'no-preference';
  /** More addresses than the page's own that may be asked, such as a road in front of the exchange. */
  readonly alsoAt?: readonly string[];
  readonly more?: BrowserContextOptions;
};

/** Somebody with a browser of their own: no cookie and nothing stored is shared with another visitor. */
export type Visitor = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly watch: Watch;
  readonly screen: Screen;
};

export type TestBrowser = {
  /** The playwright browser itself, for what this does not wrap. */
  readonly browser: Browser;
  visit(url: string, options?: VisitOptions): Promise<Visitor>;
  close(): Promise<void>;
};

/** One Chromium; `trust` are certificates (PEM) it takes as if an authority had signed them, and no others. */
export async function openBrowser({ trust = [] }: { readonly trust?: readonly string[] } = {}): Promise<TestBrowser> {
  // Read here only: most tests open none, and it takes them half a second.
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: browserCommand(),
    // Fields for days are written in the language of the desktop, whatever the page's.
    env: { ...process.env, LANGUAGE: 'en_GB' },
    args: browserFlags(trust),
  });
  return {
    browser,
    close: () => browser.close(),
    async visit(url, options = {}) {
      const { on: screen = desk, colours = 'light', motion = 'reduce', alsoAt = [] } = options;
      const context = await browser.newContext({
        viewport: { width: screen.width, height: screen.height },
        hasTouch: screen.touch,
        isMobile: screen.touch,
        deviceScaleFactor: screen.touch ? 2 : 1,
        colorScheme: colours,
        reducedMotion: motion,
        locale: 'en-GB',
        timezoneId: 'UTC',
        acceptDownloads: true,
        ...options.more,
      });
      // Long enough for a busy machine, and shorter than a test: who waited in vain is told for what.
      context.setDefaultTimeout(45_000);
      const watch = await watched(context, [url, ...alsoAt]);
      const page = await context.newPage();
      await page.goto(url);
      return { page, context, watch, screen };
    },
  };
}

export function browserCommand(): string {
  const { path } = requirePeer(peer.command, peer.package);
  if (path === undefined) throw new Error(`chromium is missing: install Debian's ${peer.package}`);
  return path;
}

/**
 * What of Chromium no test looks at. Each window draws the list below its address bar as two pages of its own, though nobody
 * types there: as much work as a page of ours. Chromium takes the last such list only, so what Playwright switches off by
 * itself stands here again.
 */
const withoutFeatures = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'],
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...[
    'HttpsFirstBalancedModeAutoEnable',
    'LensOverlay',
    'MediaRouter',
    'PaintHolding',
    'ThirdPartyStoragePartitioning',
  ],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled'],
  'PreconnectToSearch',
];

export function browserFlags(trust: readonly string[]): string[] {
  return [
    ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    ...['--disable-component-update', '--disable-sync', `--disable-features=${withoutFeatures.join(',')}`],
    // Pinned keys rather than no checks at all: the page stays a secure context, and another certificate is refused.
    `--ignore-certificate-errors-spki-list=${trust.map(keyDigest).join(',')}`,
  ];
}

/** What Chromium pins: base64 of the SHA-256 of the certificate's public key (SPKI). */
function keyDigest(pem: string): string {
  const { publicKey } = new X509Certificate(pem);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

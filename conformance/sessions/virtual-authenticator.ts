import { type Exchange, openBrowser } from '@symbolon/testbed';
import type { BrowserContext, Page } from 'playwright-core';

type Json = Record<string, unknown>;

/** A Chromium with a virtual authenticator of its own making (WebAuthn §11.2), which a test asks without pages of ours. */
export type Authenticator = {
  create(options: Json): Promise<Json>;
  /** `elsewhere`: by a page on another port of the host. `unverified`: the person was there, and nobody asked who it is. */
  get(options: Json, how?: { readonly elsewhere?: boolean; readonly unverified?: boolean }): Promise<Json>;
  /** Sets the counter of every credential back to this. */
  turnBack(signCount: number): Promise<void>;
  /** Forgets every credential. */
  clear(): Promise<void>;
  close(): Promise<void>;
};

/** Gives a page an authenticator; `refuse`: from now on whoever is asked is not who they should be. */
export async function addAuthenticator(page: Page, context: BrowserContext) {
  const debug = await context.newCDPSession(page);
  await debug.send('WebAuthn.enable');
  const { authenticatorId } = await debug.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  return {
    debug,
    authenticatorId,
    clear: async () => void (await debug.send('WebAuthn.clearCredentials', { authenticatorId })),
    refuse: async () => void (await debug.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })),
  };
}

export async function virtualAuthenticator(exchange: Exchange): Promise<Authenticator> {
  const browser = await openBrowser({ trust: [exchange.ca] });
  const { page, context } = await browser.visit(`${exchange.url}/healthz`);
  const { debug, authenticatorId, clear } = await addAuthenticator(page, context);
  // A bare page under the exchange's origin, which is what counts, and one under another.
  const home = `${exchange.url}/of-the-test`;
  const other = 'https://localhost:1/';
  for (const address of [home, other])
    await context.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Bare</title>' }));
  const at = async (address: string): Promise<void> => {
    if (page.url() !== address) await page.goto(address);
  };
  return {
    async create(options) {
      await at(home);
      return page.evaluate(async (json) => {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json as never);
        const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
        return { ...made.toJSON() };
      }, options);
    },
    async get(options, { elsewhere = false, unverified = false } = {}) {
      await at(elsewhere ? other : home);
      const asked = unverified ? { ...options, userVerification: 'discouraged' } : options;
      if (unverified) await debug.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
      try {
        return await page.evaluate(async (json) => {
          const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json as never);
          const given = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
          return { ...given.toJSON() };
        }, asked);
      } finally {
        if (unverified) await debug.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
      }
    },
    async turnBack(signCount) {
      const { credentials } = await debug.send('WebAuthn.getCredentials', { authenticatorId });
      await debug.send('WebAuthn.clearCredentials', { authenticatorId });
      for (const credential of credentials)
        await debug.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount } });
    },
    clear,
    close: () => browser.close(),
  };
}

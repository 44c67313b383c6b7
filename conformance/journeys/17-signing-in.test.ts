import { axe, browserTest, desk, freePort, phone, type Screen, screenshot } from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inDatabaseOf } from '../laws/database-of.ts';
import { oathCode } from '../sessions/oath-code.ts';
import { addAuthenticator } from '../sessions/virtual-authenticator.ts';
import { giveNameAndPassword, heading, signIn } from './hands.ts';
import { setting } from './setting.ts';

const listen = `localhost:${await freePort()}`;
const it = setting({
  name: 'Mara Ölund',
  // Passkeys need a name.
  env: { SYMBOLON_LISTEN: listen, SYMBOLON_PUBLIC_URL: `https://${listen}` },
});

async function look(page: Page, on: Screen, what: string): Promise<void> {
  await axe(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await screenshot(page, `17-${what}-${on.name}`);
}

async function alsoOnAPhone(page: Page, what: string): Promise<void> {
  await page.setViewportSize({ width: phone.width, height: phone.height });
  await look(page, phone, what);
  await page.setViewportSize({ width: desk.width, height: desk.height });
}

const wanted = (secondFactor: 'optional' | 'required') =>
  inDatabaseOf(it.exchange, (database) =>
    database.updateTable('accounts').set({ sign_in_policy: { secondFactor } }).execute(),
  );

/** As if the code that was used last never had been: the next one is half a minute away. */
const unused = () =>
  inDatabaseOf(it.exchange, (database) => database.updateTable('second_factors').set({ last_step: null }).execute());

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { level: 2, name: 'Sign in' }).waitFor();
}

browserTest(
  'a second factor is set up where one is wanted, shown at the next sign-in, joined by a passkey, and recovered from',
  async () => {
    const mara = await it.visit('/');
    const { page, context, watch } = mara;
    // Browsers say of each refusal that there was one.
    watch.expect(/status of 40[13]/);
    const keys = await addAuthenticator(page, context);
    await signIn(page, it.me);
    // While she works the account begins to want one: the next thing that she asks for leads her to it.
    await wanted('required');
    await page.goto(`${it.exchange.url}/links`);
    await heading(page, 'Set up a second factor');
    await look(page, desk, 'enrol');
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    const secret = (await page.locator('[data-secret]').innerText()).replaceAll(' ', '');
    await page.getByLabel('Code', { exact: true }).fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('alert').waitFor();
    await alsoOnAPhone(page, 'app');
    await page.getByLabel('Code', { exact: true }).fill(await oathCode(secret));
    await page.getByRole('button', { name: 'Confirm' }).click();
    const codes = page.getByRole('group', { name: 'Recovery codes' });
    await codes.waitFor();
    await alsoOnAPhone(page, 'codes');
    const [first] = await codes.getByRole('listitem').allInnerTexts();
    const saving = page.waitForEvent('download');
    await codes.getByRole('button', { name: 'Save them as a file' }).click();
    expect((await saving).suggestedFilename()).toBe('symbolon-recovery-codes.txt');
    // They stay until they were kept, though the session has gone on.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await codes.getByRole('button', { name: 'I have kept them' }).click();
    await heading(page, 'Links');

    await page.goto(`${it.exchange.url}/security`);
    await region(page, 'Recovery codes').getByText('10 of 10 can still be used').waitFor();
    const factors = region(page, 'Second factors');
    await factors.getByText('Your account wants a second factor').waitFor();
    await factors.getByRole('button', { name: 'Add a passkey' }).click();
    await factors.getByLabel('What you call it').fill('Laptop');
    await factors.getByRole('button', { name: 'Make a passkey' }).click();
    await factors.getByRole('listitem').filter({ hasText: 'Laptop' }).waitFor();
    await look(page, desk, 'security');
    await alsoOnAPhone(page, 'security');

    await signOut(page);
    await look(page, desk, 'sign-in');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await heading(page, 'Studies');
    await signOut(page);

    await unused();
    await giveNameAndPassword(page, it.me);
    await heading(page, 'Second factor');
    await page.getByLabel('Code', { exact: true }).waitFor();
    await look(page, desk, 'factor');
    await alsoOnAPhone(page, 'factor');
    await page.getByLabel('Code', { exact: true }).fill(await oathCode(secret));
    await page.getByLabel('Do not ask in this browser for 30 days').check();
    await page.getByRole('button', { name: 'Go on' }).click();
    await heading(page, 'Studies');
    await signOut(page);
    // Trusted now.
    await signIn(page, it.me);
    await page.goto(`${it.exchange.url}/security`);
    // The password was enough to come here, and is not to change what else proves who it is.
    const own = region(page, 'Second factors');
    const another = own.getByRole('button', { name: 'Set up another app in its place' });
    await own.getByText('You trust this browser').waitFor();
    expect([await another.count(), await own.getByRole('button', { name: /^Remove/ }).count()]).toEqual([0, 0]);
    await own.getByRole('button', { name: 'Show your second factor' }).click();
    await own.getByRole('button', { name: 'Use a passkey' }).click();
    // The code's field has gone: what bears this name now asks for the passkey.
    await own.getByLabel('Code', { exact: true }).waitFor({ state: 'detached' });
    await own.getByRole('button', { name: 'Use a passkey' }).click();
    await another.waitFor();
    const here = region(page, 'Browsers that know you').getByRole('listitem').filter({ hasText: 'This one' });
    await here.getByText(/^Until /).waitFor();
    await here.getByRole('button', { name: /^Forget/ }).click();
    await page.getByText(/is forgotten/).waitFor();
    await signOut(page);

    await giveNameAndPassword(page, it.me);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await heading(page, 'Studies');
    await signOut(page);
    await giveNameAndPassword(page, it.me);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(first as string);
    await page.getByRole('button', { name: 'Go on' }).click();
    await heading(page, 'Studies');

    // The device says no: the page says so, and stays.
    await signOut(page);
    await keys.clear();
    await keys.refuse();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('No passkey was given').waitFor();
    await it.leave(mara);
  },
  240_000,
);

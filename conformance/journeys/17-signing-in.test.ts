import {
  axe,
  browserTest,
  ctStudy,
  desk,
  eximPeer,
  freePort,
  peerIsHere,
  phone,
  type Screen,
  screenshot,
  startMailServer,
} from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect } from 'vitest';
import { ask } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { oathCode } from '../sessions/oath-code.ts';
import { addAuthenticator } from '../sessions/virtual-authenticator.ts';
import { giveNameAndPassword, goTo, heading, openStudy, shownImage, signIn } from './hands.ts';
import { setting } from './setting.ts';

const listen = `localhost:${await freePort()}`;
const mailPeer = peerIsHere(eximPeer);
const mail = mailPeer ? await startMailServer() : undefined;
const it = setting({
  name: 'Mara Ölund',
  // Passkeys need a name.
  env: { SYMBOLON_LISTEN: listen, SYMBOLON_PUBLIC_URL: `https://${listen}`, ...mail?.env },
  before: async (made) => {
    for (const [seed, patientName] of [
      [171, 'Brandt^Lea'],
      [172, 'Sommer^Jo'],
    ] as const)
      await made.send(ctStudy({ seed, slices: 30, rows: 64, columns: 64, person: { patientName } }));
  },
});
afterAll(() => mail?.dispose());

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

describe.skipIf(!mailPeer)('a colleague', () => {
  const ana = { email: 'ana.kovacs@example.org', password: 'seven pale herons over the weir' };

  browserTest(
    'is invited by mail, sets a password, an app and a passkey, sees what is theirs alone, and is suspended while looking',
    async () => {
      const mara = await it.visit('/');
      const { page } = mara;
      await signIn(page, it.me);
      await goTo(page, 'People');
      await page.getByRole('button', { name: 'Add somebody' }).click();
      const adding = page.getByRole('dialog', { name: 'Add somebody' });
      await adding.getByLabel('E-mail address').fill(ana.email);
      await adding.getByLabel(/^Name/).fill('Ana Kovacs');
      await adding.getByRole('button', { name: 'Add and make the invitation' }).click();
      // The link goes to the mailbox, and to nobody else.
      await adding.getByText(`on its way to ${ana.email}`).waitFor();
      expect(await adding.getByLabel('Invitation', { exact: true }).count()).toBe(0);
      await look(page, desk, 'invited-by-mail');
      await adding.getByRole('button', { name: 'Done' }).click();

      const letter = await mail!.mailTo(ana.email);
      const visitor = await it.visit(letter.link());
      const { page: door, context, watch } = visitor;
      await addAuthenticator(door, context);
      await door.getByText(/^Mara Ölund.* invites you to /).waitFor();
      await door.getByLabel('Password', { exact: true }).fill(ana.password);
      await door.getByLabel('The password once more').fill(ana.password);
      await door.getByRole('button', { name: 'Take up the invitation' }).click();
      await heading(door, 'Studies');
      await door.goto(`${it.exchange.url}/security`);
      const factors = region(door, 'Second factors');
      await factors.getByRole('button', { name: 'Set up an authenticator app' }).click();
      const secret = (await door.locator('[data-secret]').innerText()).replaceAll(' ', '');
      await door.getByLabel('Code', { exact: true }).fill(await oathCode(secret));
      await door.getByRole('button', { name: 'Confirm' }).click();
      await door.getByRole('button', { name: 'Print them' }).waitFor();
      await door.evaluate(() => (window.print = () => {}));
      await door.getByRole('button', { name: 'Print them' }).click();
      await door.getByRole('button', { name: 'I have kept them' }).click();
      await factors.getByRole('button', { name: 'Add a passkey' }).click();
      await factors.getByLabel('What you call it').fill('Telephone');
      await factors.getByRole('button', { name: 'Make a passkey' }).click();
      await factors.getByRole('listitem').filter({ hasText: 'Telephone' }).waitFor();
      await signOut(door);
      await door.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await heading(door, 'Studies');
      expect(await door.getByRole('link', { name: /Brandt|Sommer/ }).count()).toBe(0);

      // One of the two studies is granted to her.
      const api = async <T>(path: string, json?: unknown) =>
        (
          await ask(it.exchange, `/api/v1${path}`, { token: it.me.token, ...(json !== undefined && { json }) })
        ).json() as T;
      const { users } = await api<{ users: { id: string; email: string }[] }>('/users');
      const { studies } = await api<{ studies: { id: string; patient: { name: string } }[] }>('/studies/search', {});
      const named = (name: string): string => studies.find(({ patient }) => patient.name.includes(name))!.id;
      const to = { userId: users.find(({ email }) => email === ana.email)!.id };
      await api(`/studies/${named('Brandt')}/grants`, { to, seriesIds: null, expiresAt: null });
      watch.expect(/status of 40[134]/);
      await door.goto(`${it.exchange.url}/studies/${named('Sommer')}`);
      await door.getByText('There is no such study').waitFor();
      await door.goto(`${it.exchange.url}/studies`);
      await openStudy(door, /Brandt/);
      expect(await shownImage(door)).toBe(1);

      await page.getByRole('list', { name: 'People' }).getByRole('link', { name: 'Ana Kovacs' }).click();
      const access = region(page, 'Access');
      await access.getByRole('button', { name: 'Suspend' }).click();
      await access.getByRole('alertdialog').getByRole('button', { name: 'Suspend' }).click();
      await page.getByText('Suspended', { exact: true }).waitFor();
      // A window that no picture was rendered with yet: the page has to ask, and that next request is refused.
      await door.keyboard.press('2');
      await heading(door, 'Sign in');
      expect(await door.locator('canvas').count()).toBe(0);
      await door.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await door.getByRole('alert').waitFor();
      await look(door, desk, 'suspended');
      await it.leave(visitor, mara);
    },
    180_000,
  );
});

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

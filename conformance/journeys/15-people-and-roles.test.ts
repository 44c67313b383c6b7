import type { SignInPolicy } from '@symbolon/contract';
import { axe, browserTest, ctStudy, desk, phone, type Screen, screenshot } from '@symbolon/testbed';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { ask, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { giveNameAndPassword, goTo, heading, openMenu, signIn } from './hands.ts';
import { setting } from './setting.ts';

const ana = { email: 'ana.kovacs@example.org', password: 'seven pale herons over the weir' };
const role = 'Reading room';

const it = setting({
  name: 'Mara Ölund',
  before: (made) =>
    made.send(ctStudy({ seed: 1501, slices: 3, rows: 64, columns: 64, person: { patientName: 'Brandt^Lea' } })),
});

async function look(page: Page, on: Screen, what: string): Promise<void> {
  await axe(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await screenshot(page, `15-${what}-${on.name}`);
}

/** The same page as a phone shows it. */
async function alsoOnAPhone(page: Page, what: string): Promise<void> {
  await page.setViewportSize({ width: phone.width, height: phone.height });
  await look(page, phone, what);
  await page.setViewportSize({ width: desk.width, height: desk.height });
}

const region = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });

/** What a screen reader says of a field behind its name. */
const descriptionOf = (field: Locator): Promise<string> =>
  field.evaluate((input) =>
    (input.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent)
      .join(' '),
  );

/** Signs in where one was led away from a page, and comes back to it. */
async function signInAt(page: Page, who: Parameters<typeof giveNameAndPassword>[1], title: string): Promise<void> {
  await heading(page, 'Sign in');
  await giveNameAndPassword(page, who);
  await heading(page, title);
}

/** How the people of the account sign in, behind its back. */
const policy = (said: Partial<SignInPolicy>) =>
  inDatabaseOf(it.exchange, (database) =>
    database
      .updateTable('accounts')
      .set({ sign_in_policy: JSON.stringify(said) as never })
      .execute(),
  );

async function openPerson(page: Page, name: string): Promise<void> {
  await goTo(page, 'People');
  await page.getByRole('list', { name: 'People' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 2, name, exact: true }).waitFor();
}

browserTest(
  'somebody is invited, comes, gets a role, is explained, is suspended, and the next click is refused',
  async () => {
    const mara = await it.visitAs(it.me);
    const { page } = mara;
    await goTo(page, 'People');
    await axe(page);
    await page.getByRole('button', { name: 'Add somebody' }).click();
    const adding = page.getByRole('dialog', { name: 'Add somebody' });
    await adding.getByRole('button', { name: 'Add and make the invitation' }).click();
    await adding.getByText('Give the whole address, with an @.').waitFor();
    await adding.getByLabel('E-mail address').fill(ana.email);
    await adding.getByLabel(/^Name/).fill('Ana Kovacs');
    await axe(page);
    await adding.getByRole('button', { name: 'Add and make the invitation' }).click();
    await adding.getByText('Ana Kovacs is invited').waitFor();
    await look(page, desk, 'invited');
    const address = await adding.getByLabel('Invitation', { exact: true }).inputValue();
    await adding.getByRole('button', { name: 'Done' }).click();
    const row = page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ hasText: 'Ana Kovacs' });
    await row.getByText('Invited').waitFor();

    const visitor = await it.visit(address, { on: phone });
    const door = visitor.page;
    await door.getByText(/^Mara Ölund.* invites you to /).waitFor();
    // The secret is out of the address as soon as the page is there.
    expect(door.url()).toBe(`${it.exchange.url}/invitation`);
    await door.getByLabel('Password', { exact: true }).fill('short');
    await door.getByLabel('The password once more').fill('short');
    await door.getByRole('button', { name: 'Take up the invitation' }).click();
    await door.getByText('This password is not strong enough yet.').waitFor();
    await look(door, phone, 'invitation');
    await door.getByLabel('Password', { exact: true }).fill(ana.password);
    await door.getByLabel('The password once more').fill(ana.password);
    await door.getByRole('button', { name: 'Take up the invitation' }).click();
    await heading(door, 'Studies');
    await openMenu(door);
    expect(await door.getByRole('button', { name: 'Administration' }).count()).toBe(0);
    await axe(door);

    await openPerson(page, 'Ana Kovacs');
    await page.getByText('Active', { exact: true }).waitFor();
    const roleCard = region(page, 'Role');
    await roleCard.getByLabel('Another role').selectOption({ label: 'Member' });
    await roleCard.getByRole('button', { name: 'Give this role' }).click();
    await roleCard.getByRole('link', { name: 'Member' }).waitFor();
    const may = region(page, 'What may they do?');
    const store = may.getByRole('listitem').filter({ hasText: 'instance.store' });
    await store.getByText('The role Member in the account permits it.').waitFor();
    await may.getByText('They find no study.').waitFor();
    const seen = region(page, 'See as');
    await seen.getByRole('button', { name: 'See as Ana Kovacs' }).click();
    await seen.getByText('Their list of studies is empty.').waitFor();
    await seen.getByText('Studies, Upload, Links, and Kept aside.').waitFor();
    await look(page, desk, 'person');
    await alsoOnAPhone(page, 'person');
    await may.getByLabel('Words').fill('erase');
    await may.getByText('No permission is like that.').waitFor();
    await may.getByText('Not set', { exact: true }).click();
    await may.getByText('No role of theirs says anything of it, so it is not permitted.').first().waitFor();

    // Another role: what was open with the one before is signed out.
    visitor.watch.expect(/status of 401/);
    await door.goto(`${it.exchange.url}/upload`);
    await signInAt(door, ana, 'Upload');
    const access = region(page, 'Access');
    await access.getByRole('button', { name: 'Suspend' }).click();
    await access.getByText('From the next request on Ana Kovacs is kept out.').waitFor();
    await look(page, desk, 'suspend');
    await access.getByRole('alertdialog').getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('Suspended', { exact: true }).waitFor();
    await openMenu(door);
    await door.getByRole('link', { name: 'Studies', exact: true }).click();
    await heading(door, 'Sign in');
    await giveNameAndPassword(door, ana);
    await door.getByText('You could not be signed in.').waitFor();
    await access.getByRole('button', { name: 'Let in again' }).click();
    await access.getByRole('alertdialog').getByRole('button', { name: 'Let in again' }).click();
    await page.getByText('Active', { exact: true }).waitFor();
    await signIn(door, ana);
    await it.leave(mara, visitor);
  },
  180_000,
);

browserTest(
  'a role is cloned, changed after a look at what changes, and compared; a group is made and somebody put in',
  async () => {
    const mara = await it.visitAs(it.me, { colours: 'dark' });
    const { page } = mara;
    await goTo(page, 'Roles');
    await axe(page);
    await page.getByRole('button', { name: 'New role' }).click();
    const beginning = page.getByRole('dialog', { name: 'New role' });
    await beginning.getByLabel('Begin with').selectOption({ label: 'Radiologist' });
    expect(await beginning.getByLabel('Name').inputValue()).toBe('Radiologist');
    await look(page, desk, 'template');
    await beginning.getByRole('button', { name: 'Make the role' }).click();
    await page.getByRole('heading', { level: 2, name: 'Radiologist' }).waitFor();
    await page.getByRole('link', { name: 'All roles' }).click();
    await page.getByRole('link', { name: 'Guest' }).click();
    await page.getByRole('heading', { level: 2, name: 'Guest' }).waitFor();
    await page.getByRole('button', { name: 'Clone …' }).click();
    const cloning = page.getByRole('dialog', { name: 'Clone a role' });
    await cloning.getByLabel('Name').fill(role);
    await axe(page);
    await cloning.getByRole('button', { name: 'Make the role' }).click();
    await page.getByRole('heading', { level: 2, name: role }).waitFor();
    const table = page.getByRole('table', { name: 'What the role permits and denies' });
    // With the arrows, as whoever uses no mouse: from “Not set” back to “Permit”.
    await table.getByRole('radio', { name: 'Not set study.download', exact: true }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await table.getByRole('radio', { name: 'Permit study.download', exact: true }).isChecked()).toBe(true);
    await table.getByText('Included in study.download.').first().waitFor();
    await table.getByRole('radio', { name: 'Deny study.erase', exact: true }).check();
    await page.getByText('2 changes, not saved').waitFor();
    await look(page, desk, 'role');
    await page.setViewportSize({ width: phone.width, height: phone.height });
    // Where toasts stand, above the bar that saves: both stick to the lower edge.
    const bar = page.getByText('2 changes, not saved').locator('..');
    const topOf = (at: Locator) => at.evaluate((element) => element.getBoundingClientRect().top);
    const toasts = page.locator('[role=status][aria-live=polite]');
    const lowestToast = () => toasts.evaluate((element) => element.getBoundingClientRect().bottom);
    await expect.poll(async () => (await topOf(bar)) - (await lowestToast())).toBeGreaterThanOrEqual(0);
    await look(page, phone, 'role');
    await page.setViewportSize({ width: desk.width, height: desk.height });
    await page.getByRole('button', { name: 'Look and save …' }).click();
    const saving = page.getByRole('dialog', { name: 'Save the role' });
    const changes = saving.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    await changes.first().waitFor();
    expect(await changes.allInnerTexts()).toEqual([
      expect.stringMatching(/study\.download\s+Not set\s+becomes\s+Permit/),
      expect.stringMatching(/study\.erase\s+Not set\s+becomes\s+Deny/),
    ]);
    await look(page, desk, 'save-role');
    await saving.getByRole('button', { name: 'Save the role' }).click();
    await saving.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Look and save …' }).waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'Compare with another' }).click();
    await heading(page, 'Compare roles');
    await page.getByLabel('The other').selectOption({ label: 'Guest' });
    await page.getByText('They differ in').waitFor();
    const compared = page.getByRole('table', { name: `What ${role} and Guest say` });
    const erase = compared.getByRole('row', { name: /study\.erase / });
    expect(await erase.getByRole('cell').allInnerTexts()).toEqual(['Deny', 'Not set']);
    const differences = await compared.getByRole('row').count();
    await look(page, desk, 'compare');
    await alsoOnAPhone(page, 'compare');
    await page.getByText('All', { exact: true }).click();
    await expect.poll(() => compared.getByRole('row').count()).toBeGreaterThan(differences + 50);

    await goTo(page, 'Groups and locations');
    const groups = region(page, 'Groups');
    await groups.getByRole('button', { name: 'New group' }).click();
    const making = page.getByRole('dialog', { name: 'New group' });
    await making.getByLabel('Name').fill('Heart team');
    await making.getByLabel('Role of its members').selectOption({ label: role });
    await axe(page);
    await making.getByRole('button', { name: 'Make the group' }).click();
    await page.getByRole('heading', { level: 2, name: 'Heart team' }).waitFor();
    const members = region(page, 'Who is in it');
    await members.getByLabel('Put somebody in').fill('kova');
    await members.getByRole('button', { name: 'Put in Ana Kovacs' }).click();
    await members.getByRole('link', { name: 'Ana Kovacs' }).waitFor();
    await look(page, desk, 'group');
    await alsoOnAPhone(page, 'group');
    await goTo(page, 'Groups and locations');
    await groups.getByText('1 person, no studies').waitFor();
    await openPerson(page, 'Ana Kovacs');
    await region(page, 'Groups and locations').getByText(`Group, ${role} there`).waitFor();
    await page.getByRole('link', { name: 'Heart team' }).click();
    await page.getByRole('button', { name: 'Delete the group' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete the group' }).click();
    await groups.getByText('There is none yet.').waitFor();
    await it.leave(mara);
  },
  180_000,
);

browserTest(
  'a token is made, works, and is revoked; an address list lets nobody lock themselves out',
  async () => {
    const mara = await it.visitAs(it.me);
    const { page } = mara;
    await page.getByRole('button', { name: /Mara Ölund/ }).click();
    await axe(page);
    await page.getByRole('link', { name: 'API tokens' }).click();
    await heading(page, 'API tokens');
    const own = region(page, 'Your tokens');
    await own.getByRole('button', { name: 'Make a token …' }).click();
    const making = page.getByRole('dialog', { name: 'Make an API token' });
    await making.getByLabel('What it is for').fill('Night upload');
    await making.getByRole('button', { name: 'Send images' }).click();
    await making.getByText('3 permissions chosen.').waitFor();
    await look(page, desk, 'new-token');
    await making.getByRole('button', { name: 'Make the token' }).click();
    const token = await making.getByLabel('Token', { exact: true }).inputValue();
    await axe(page);
    await making.getByRole('button', { name: 'Done' }).click();
    const held = () => ask(it.exchange, '/api/v1/held', { token, json: { sha256: ['0'.repeat(64)] } });
    expect((await held()).status).toBe(200);
    expect((await ask(it.exchange, '/api/v1/users', { token })).status).toBe(403);
    const item = own.getByRole('listitem').filter({ hasText: 'Night upload' });
    await item.getByText('instance.store, instance.held, and receipt.create').waitFor();
    await look(page, desk, 'tokens');
    await item.getByRole('button', { name: 'Revoke' }).click();
    await item.getByRole('button', { name: 'Revoke the token' }).click();
    await item.waitFor({ state: 'detached' });
    expect((await held()).status).toBe(401);

    await goTo(page, 'Account');
    const list = region(page, 'Address list');
    await list.getByText('The account can be used from everywhere. Your address now is').waitFor();
    await list.getByLabel('Addresses').fill('192.0.2.7/24');
    await list.getByText('192.0.2.7/24 is neither an address, nor a network, nor a range.').waitFor();
    await list.getByLabel('Addresses').fill('192.0.2.0/24');
    mara.watch.expect(/status of 409/);
    await list.getByRole('button', { name: 'Save the list' }).click();
    await list.getByText('This list would lock you out, so nothing was changed.').waitFor();
    await list.getByRole('button', { name: 'Put your address in' }).click();
    await list.getByRole('button', { name: 'Save the list' }).click();
    await list.getByText('The account can be used from the addresses on this list only').waitFor();
    await look(page, desk, 'account');
    await list.getByLabel('Addresses').fill('');
    await list.getByRole('button', { name: 'Save the list' }).click();
    await list.getByText('The account can be used from everywhere.').waitFor();
    await it.leave(mara);
  },
  180_000,
);

browserTest(
  'another account is made and limited; who is in two goes from one to the other; and the account is given away',
  async () => {
    const mara = await it.visitAs(it.me);
    const { page } = mara;
    await goTo(page, 'Accounts');
    await page.getByRole('button', { name: 'Make an account' }).click();
    const making = page.getByRole('dialog', { name: 'Make an account' });
    await making.getByLabel('Name of the account').fill('Praxis Nord');
    await making.getByLabel('E-mail address of its owner').fill(ana.email);
    await axe(page);
    await making.getByRole('button', { name: 'Make the account' }).click();
    const address = await making.getByLabel('Invitation', { exact: true }).inputValue();
    await making.getByRole('button', { name: 'Done' }).click();
    const item = page.getByRole('list', { name: 'Accounts' }).getByRole('listitem').filter({ hasText: 'Praxis Nord' });
    await item.getByText('ana.kovacs, invited').waitFor();
    await item.getByRole('button', { name: 'How much it may hold …' }).click();
    const limiting = page.getByRole('dialog', { name: 'How much Praxis Nord may hold' });
    await limiting.getByLabel('Gigabytes').fill('much');
    await limiting.getByRole('button', { name: 'Save' }).click();
    await limiting.getByText('Give a number such as 500 or 2.5, or nothing.').waitFor();
    await limiting.getByLabel('Gigabytes').fill('500');
    await look(page, desk, 'quota');
    await limiting.getByRole('button', { name: 'Save' }).click();
    await limiting.waitFor({ state: 'detached' });
    await look(page, desk, 'accounts');
    await alsoOnAPhone(page, 'accounts');

    await openPerson(page, 'Ana Kovacs');
    const roleCard = region(page, 'Role');
    await roleCard.getByLabel('Another role').selectOption({ label: 'Administrator' });
    await roleCard.getByRole('button', { name: 'Give this role' }).click();
    await roleCard.getByRole('link', { name: 'Administrator' }).waitFor();

    const visitor = await it.visit(address);
    const door = visitor.page;
    await door.getByText('I have a password').click();
    await door.getByLabel('Password', { exact: true }).fill(ana.password);
    await door.getByRole('button', { name: 'Take up the invitation' }).click();
    await heading(door, 'Studies');
    await door.getByRole('button', { name: /Praxis Nord/ }).click();
    const accounts = door.getByRole('region', { name: 'Your accounts' });
    await accounts.getByText('Administrator, here now').waitFor();
    await look(door, desk, 'switcher');
    await accounts.getByRole('button', { name: /Klinikum Musterstadt/ }).click();
    await door.getByRole('button', { name: /Ana Kovacs.*Klinikum Musterstadt/s }).waitFor();

    await goTo(page, 'Account');
    const owner = region(page, 'Owner');
    await owner.getByLabel('Give the account to').selectOption({ label: 'Ana Kovacs' });
    await owner.getByRole('button', { name: 'Give it away …' }).click();
    await look(page, desk, 'transfer');
    await owner.getByRole('button', { name: 'Give the account away' }).click();
    await owner.getByText('Ana Kovacs', { exact: true }).waitFor();
    await it.leave(mara, visitor);
  },
  180_000,
);

browserTest(
  'what is dangerous asks who is there and goes on by itself; a screen is locked in all tabs, and opens to what was typed',
  async () => {
    const mara = await it.visit('/');
    const { page, context, watch } = mara;
    await page.clock.install();
    watch.expect(/status of 40[13]/);
    await signIn(page, it.me);
    await goTo(page, 'People');
    await page.getByRole('button', { name: 'Add somebody' }).click();
    const adding = page.getByRole('dialog', { name: 'Add somebody' });
    await adding.getByLabel('E-mail address').fill('nils@example.org');
    await inDatabaseOf(it.exchange, (database) =>
      database
        .updateTable('sessions')
        .set({ proven_at: new Date(Date.now() - 11 * 60_000) })
        .execute(),
    );
    const add = adding.getByRole('button', { name: 'Add and make the invitation' });
    await add.click();
    const proof = page.getByRole('dialog', { name: 'Show that it is you' });
    const password = proof.getByLabel('Your password');
    await expect.poll(() => password.evaluate((field) => field === document.activeElement)).toBe(true);
    await look(page, desk, 'proof');
    await alsoOnAPhone(page, 'proof');
    await page.keyboard.press('Escape');
    await proof.waitFor({ state: 'hidden' });
    await adding.getByText('For this it must be certain that it is you').waitFor();
    expect(await adding.getByLabel('E-mail address').inputValue()).toBe('nils@example.org');
    await add.click();
    await password.fill('not the one');
    await proof.getByRole('button', { name: 'Go on' }).click();
    await proof.getByText('The password is not right.').waitFor();
    await password.fill(it.me.password);
    await proof.getByRole('button', { name: 'Go on' }).click();
    await adding.getByText('nils is invited').waitFor();
    await adding.getByRole('button', { name: 'Done' }).click();

    await goTo(page, 'Account');
    const name = region(page, 'The account').getByLabel('Name');
    await name.fill('Half typed');
    const other = await context.newPage();
    await other.goto(`${it.exchange.url}/studies`);
    await other.getByText('Brandt, Lea').first().waitFor();
    const locked = (tab: Page) => tab.getByRole('heading', { name: 'The screen is locked' });
    const readable = (tab: Page) => tab.evaluate(() => document.body.innerText);
    const lockNow = async () => {
      await page.getByRole('button', { name: /Mara Ölund/ }).click();
      await page.getByRole('button', { name: 'Lock now' }).click();
      await locked(page).waitFor();
    };
    await lockNow();
    await locked(other).waitFor();
    for (const tab of [page, other]) {
      expect(await readable(tab)).not.toMatch(/Brandt|Half typed|Klinikum/);
      expect(await tab.getByRole('link').count()).toBe(0);
    }
    const own = () => page.evaluate(async () => (await fetch('/api/v1/me')).status);
    await expect.poll(own).toBe(401);
    await look(page, desk, 'locked');
    await alsoOnAPhone(page, 'locked');
    const unlock = async (tab: Page, given: string) => {
      await tab.getByLabel('Your password').fill(given);
      await tab.getByRole('button', { name: 'Unlock' }).click();
    };
    await unlock(page, 'not the one');
    await page.getByText('The password is not right.').waitFor();
    await unlock(page, it.me.password);
    await locked(page).waitFor({ state: 'hidden' });
    expect(await name.inputValue()).toBe('Half typed');
    await other.getByText('Brandt, Lea').first().waitFor();
    expect(await own()).toBe(200);

    // By itself, when nobody touches it; and loaded anew it is still locked.
    await other.close();
    await policy({ lockMinutes: 1 });
    await page.reload();
    await heading(page, 'Account');
    await page.clock.fastForward(50_000);
    await name.fill('Touched again');
    await page.clock.fastForward(50_000);
    expect(await locked(page).count()).toBe(0);
    await page.clock.fastForward(20_000);
    await locked(page).waitFor();
    await expect.poll(own).toBe(401);
    await page.reload();
    await heading(page, 'The screen is locked');
    await look(page, desk, 'locked-anew');
    await unlock(page, it.me.password);
    await heading(page, 'Account');
    await policy({});
    await it.leave(mara);
  },
  120_000,
);

browserTest(
  'identities open with a second password and close again; terms of use are set, asked for and accepted',
  async () => {
    await policy({ secondPassword: true });
    const mara = await it.visit('/', { colours: 'dark' });
    const { page, watch } = mara;
    await signIn(page, it.me);
    const banner = region(page, 'Identities');
    await banner.getByText('you have not chosen your second password').waitFor();
    const name = page.getByText('Brandt, Lea').first();
    await page
      .getByRole('link', { name: /Pseudonym|^P/ })
      .first()
      .waitFor();
    expect(await name.count()).toBe(0);
    await banner.getByRole('link', { name: 'Choose it' }).click();
    await heading(page, 'My security');
    const card = region(page, 'Second password');
    const second = 'acht Möwen über dem Kai';
    await card.getByLabel('The password that you sign in with').fill(it.me.password);
    await card.getByLabel('Second password', { exact: true }).fill(it.me.password);
    await card.getByLabel('The same once more').fill(it.me.password);
    await card.getByRole('button', { name: 'Choose it' }).click();
    await card.getByText('This is your first password.').waitFor();
    await card.getByLabel('Second password', { exact: true }).fill(second);
    await card.getByLabel('The same once more').fill(second);
    await look(page, desk, 'second-password');
    await card.getByRole('button', { name: 'Choose it' }).click();
    await banner.getByText('Identities are open until').waitFor();
    await goTo(page, 'Studies');
    await name.waitFor();
    await banner.getByRole('button', { name: 'Close them' }).click();
    await banner.getByText('Identities are closed: you see pseudonyms.').waitFor();
    await expect.poll(() => name.count()).toBe(0);
    await look(page, desk, 'identities');
    await alsoOnAPhone(page, 'identities');
    await banner.getByRole('button', { name: 'Open them' }).click();
    const asking = page.getByRole('dialog', { name: 'Open identities' });
    watch.expect(/status of 403/);
    await asking.getByLabel('Your second password').fill('not this one');
    await asking.getByRole('button', { name: 'Open identities' }).click();
    await asking.getByText('The second password is not right.').waitFor();
    await asking.getByLabel('Your second password').fill(second);
    await look(page, desk, 'open-identities');
    await asking.getByRole('button', { name: 'Open identities' }).click();
    await name.waitFor();
    await policy({});

    await goTo(page, 'Account');
    await page.getByRole('link', { name: 'Terms of use' }).click();
    await heading(page, 'Terms of use');
    const holds = region(page, 'What holds');
    await holds.getByText('There are none').waitFor();
    await holds.getByLabel('Text').fill('Images are looked at for treatment.\n\n<b>Nothing</b> leaves the house.');
    await holds.getByRole('button', { name: 'Set the terms' }).click();
    await look(page, desk, 'set-terms');
    watch.expect(/status of 401/);
    await holds.getByRole('alertdialog').getByRole('button', { name: 'Set these terms' }).click();
    const text = page.getByRole('region', { name: 'Terms of use, version 1' });
    await text.getByText('<b>Nothing</b> leaves the house.').waitFor();
    await look(page, desk, 'accept-terms');
    await alsoOnAPhone(page, 'accept-terms');
    await page.getByRole('button', { name: 'I accept' }).click();
    await heading(page, 'Terms of use');
    await region(page, 'Who accepted').getByText('Mara Ölund').waitFor();
    await region(page, 'Versions')
      .getByText(/^1 of \d+ people accepted what holds\./)
      .waitFor();
    await look(page, desk, 'terms');
    await alsoOnAPhone(page, 'terms');
    // None hold any more: the others of this file go on.
    await holds.getByLabel('Text').fill('');
    await holds.getByRole('button', { name: 'Set the terms' }).click();
    await holds.getByRole('alertdialog').getByRole('button', { name: 'Take the terms away' }).click();
    await holds.getByText('Since version 2 nobody has to accept anything.').waitFor();
    await it.leave(mara);
  },
  120_000,
);

// The last one: the owner has another password afterwards.
browserTest(
  'who changes the password, or signs out elsewhere, is signed in nowhere else from the next request on',
  async () => {
    const password = 'nine grey geese above the mill';
    const other = await it.visit('/', { on: phone });
    await signIn(other.page, it.me);
    other.watch.expect(/status of 401/);
    const out = async () => {
      expect(await other.page.evaluate(async () => (await fetch('/api/v1/me')).status)).toBe(401);
      await other.page.goto(`${it.exchange.url}/studies`);
      await heading(other.page, 'Sign in');
    };

    const mara = await it.visit('/');
    const { page } = mara;
    await signIn(page, it.me);
    await page.getByRole('button', { name: /Mara Ölund/ }).click();
    await page.getByRole('link', { name: 'My security' }).click();
    await heading(page, 'My security');
    await region(page, 'You').getByText(it.me.email).waitFor();
    const signedIn = region(page, 'Where you are signed in');
    const items = signedIn.getByRole('listitem');
    const everywhere = { name: 'Sign out everywhere else' };
    await items.first().getByText('This one').waitFor();
    expect(await items.first().innerText()).toMatch(/^Chrome on \w+/);
    await items.first().getByText('127.0.0.1').waitFor();
    // The earlier ones went without signing out.
    await signedIn.getByRole('button', everywhere).click();
    await signedIn.getByRole('alertdialog').getByRole('button', everywhere).click();
    await signedIn.getByText('You are signed in nowhere else.').waitFor();
    expect(await items.count()).toBe(1);
    await out();

    await signIn(other.page, it.me);
    await page.reload();
    await expect.poll(() => items.count()).toBe(2);
    const own = region(page, 'Password');
    const now = own.getByLabel('The password that you have now');
    const wanted = own.getByLabel('New password', { exact: true });
    const change = own.getByRole('button', { name: 'Change the password' });
    await now.fill('not the one');
    await wanted.fill('short');
    await own.getByLabel('The new password once more').fill('short');
    await change.click();
    await own.getByText('This password is not strong enough yet.').waitFor();
    expect(await descriptionOf(wanted)).toMatch(/not strong enough yet.*At least 10 characters/);
    await wanted.fill(password);
    await own.getByLabel('The new password once more').fill(password);
    mara.watch.expect(/status of 403/);
    await change.click();
    await own.getByText('The password is not right. Type the one that you sign in with now.').waitFor();
    await look(page, desk, 'security');
    await alsoOnAPhone(page, 'security');
    await now.fill(it.me.password);
    await change.click();
    await page.getByText('Your password is changed. You are signed out in 1 other place.').waitFor();
    await signedIn.getByText('You are signed in nowhere else.').waitFor();
    await out();

    await signIn(other.page, { ...it.me, password });
    await page.reload();
    await expect.poll(() => items.count()).toBe(2);
    await items
      .last()
      .getByRole('button', { name: /^Sign out Chrome on \w+, 127\.0\.0\.1$/ })
      .click();
    await items.last().getByRole('alertdialog').getByText('From the next request on').waitFor();
    await axe(page);
    for (const on of [phone, desk]) {
      await page.setViewportSize({ width: on.width, height: on.height });
      await signedIn.evaluate((card) => card.scrollIntoView({ block: 'end' }));
      await screenshot(page, `15-sign-out-${on.name}`);
    }
    await items.last().getByRole('button', { name: 'Sign out there' }).click();
    await signedIn.getByText('You are signed in nowhere else.').waitFor();
    await out();
    await it.leave(mara, other);
  },
  180_000,
);

browserTest(
  'how people sign in is changed after a look at what that does to whom, put back, and who has to do something is led through it',
  async () => {
    // In an account of its own, so that nobody else is held to it.
    const nora = { email: 'nora.lind@example.org', password: 'six red kites over the dunes' };
    const owner = { email: nora.email, name: 'Nora Lind' };
    const api = (path: string, question: Question) => ask(it.exchange, `/api/v1${path}`, question);
    const made = await api('/accounts', { token: it.me.token, json: { name: 'Klinik an der See', owner } });
    const { invitation } = made.json() as { invitation: { address: string } };
    const taking = { secret: invitation.address.split('#')[1], password: nora.password, name: owner.name };
    expect((await api('/invitations/accept', { json: taking })).status).toBe(201);

    const visitor = await it.visit('/');
    const { page } = visitor;
    await signIn(page, nora);
    await goTo(page, 'Account');
    await page.getByRole('link', { name: 'How people sign in' }).click();
    await heading(page, 'Signing in');
    const characters = page.getByLabel('At least how many characters');
    const age = page.getByLabel('How old a password gets');
    const tell = page.getByRole('button', { name: 'See what this will do' });
    const panel = region(page, 'What this will do');
    expect(await tell.isDisabled()).toBe(true);
    await characters.fill('9');
    await page.getByText('A whole number from 10 to 64.').waitFor();
    await characters.fill('14');
    await age.selectOption('90');
    await page.getByLabel('Who needs one').selectOption('required');
    await tell.click();
    await panel.getByText(/sets? up a second factor at once/).waitFor();
    await panel.getByText('You will set up a second factor right after, before you go on.').waitFor();
    await panel.getByRole('button', { name: /^Show who: .*keep/ }).click();
    await panel.getByText(nora.email).waitFor();
    await look(page, desk, 'sign-in-policy');
    await panel.scrollIntoViewIfNeeded();
    await screenshot(page, '15-sign-in-effects-desk');
    await page.setViewportSize({ width: phone.width, height: phone.height });
    await axe(page);
    await panel.scrollIntoViewIfNeeded();
    await screenshot(page, '15-sign-in-effects-phone');
    await page.setViewportSize({ width: desk.width, height: desk.height });
    // Not this time.
    await panel.getByRole('button', { name: 'Leave it as it is' }).click();
    expect(await page.getByLabel('Who needs one').inputValue()).toBe('optional');

    await characters.fill('14');
    await tell.click();
    await panel.getByRole('button', { name: 'Save' }).click();
    await page.getByText('How people sign in is saved.').first().waitFor();
    await page.getByRole('button', { name: 'Put it back as it was before' }).click();
    await panel.getByText('Nobody who is in the account now is asked for anything.', { exact: false }).waitFor();
    await panel.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => characters.inputValue()).toBe('10');
    await panel.waitFor({ state: 'hidden' });
    await characters.fill('14');
    await age.selectOption('90');
    await tell.click();
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.waitFor({ state: 'hidden' });

    // Three months later.
    await inDatabaseOf(it.exchange, (db) =>
      db
        .updateTable('users')
        .set({ password_changed_at: new Date(Date.now() - 91 * 86_400_000) })
        .where('email', '=', nora.email)
        .execute(),
    );
    visitor.watch.expect(/status of 401/);
    await page.reload();
    await heading(page, 'Choose a new password');
    await page.getByText('At least 14 characters').waitFor();
    await look(page, desk, 'change-password-step');
    await alsoOnAPhone(page, 'change-password-step');
    const third = 'ten green herons below the weir';
    await page.getByLabel('The password that you have now').fill(nora.password);
    for (const label of ['New password', 'The new password once more'])
      await page.getByLabel(label, { exact: true }).fill('1qaz2wsx3edc4rfv');
    visitor.watch.expect(/status of 422/);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText(/guessed first/).waitFor();
    for (const label of ['New password', 'The new password once more'])
      await page.getByLabel(label, { exact: true }).fill(third);
    await page.getByRole('button', { name: 'Change the password' }).click();
    // They go on where they were.
    await heading(page, 'Signing in');
    await page.getByRole('button', { name: /Nora Lind/ }).click();
    await page.getByRole('link', { name: 'My security' }).click();
    await region(page, 'Password')
      .getByText(/^It holds until/)
      .waitFor();
    await it.leave(visitor);
  },
  180_000,
);

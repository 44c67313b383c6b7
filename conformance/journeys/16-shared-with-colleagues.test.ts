import { axe, browserTest, ctStudy, desk, phone, type Screen, screenshot } from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { addPerson, type Somebody } from '../access/people-by-rows.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { goTo, heading, openStudy, shownImage } from './hands.ts';
import { setting } from './setting.ts';

const why = 'Unconscious in the emergency room, no relatives here';
const patientId = 'SH-1602';

const it = setting({
  name: 'Mara Ölund',
  async before(made) {
    const small = { slices: 6, series: 2, rows: 64, columns: 64 };
    await made.send(ctStudy({ ...small, seed: 1601, person: { patientName: 'Kovacs^Ana' } }));
    await made.send(ctStudy({ ...small, seed: 1602, person: { patientName: 'Brandt^Lea', patientId } }));
  },
});

const comesAs = (name: string, role: Parameters<typeof addPerson>[1]['role']): Promise<Somebody> =>
  addPerson(it.exchange, { name, role, like: it.me });

const entered = ({ email }: { readonly email: string }, on?: Screen) =>
  it.visitAs({ email, password: it.me.password }, on === undefined ? {} : { on });

async function look(page: Page, on: Screen, what: string): Promise<void> {
  await axe(page);
  await screenshot(page, `16-${what}-${on.name}`);
}

async function openGrants(page: Page) {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Share with colleagues …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share with colleagues' });
  await dialog.waitFor();
  return dialog;
}

browserTest(
  'a series is shared with a colleague, who sees it and nothing else, until it is revoked',
  async () => {
    const eva = await comesAs('Eva Lindqvist', 'member');
    await comesAs('Evan Otherwise', 'guest');
    const owner = await entered(it.me);
    const colleague = await entered(eva, phone);
    await colleague.page.getByText('No studies yet').waitFor();
    await openStudy(owner.page, /Kovacs/);
    await shownImage(owner.page);

    const dialog = await openGrants(owner.page);
    await dialog.getByText('Nobody yet.').waitFor();
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    await dialog.getByText('Choose a person or a group.').waitFor();
    await dialog.getByLabel('Person or group').fill('eva');
    await dialog.getByRole('list', { name: 'People and groups that fit' }).getByText('Evan Otherwise').waitFor();
    await look(owner.page, desk, 'picker');
    await dialog.getByRole('button', { name: 'Eva Lindqvist' }).click();
    await dialog.getByRole('radio', { name: 'Some series of it' }).check();
    await dialog.getByRole('checkbox', { name: /^Series 2/ }).check();
    await dialog.getByLabel('Open for').selectOption({ label: '7 days' });
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    const shares = dialog.getByRole('list', { name: 'People and groups it is shared with' });
    await shares.getByText(/^1 series of it, until /).waitFor();
    await look(owner.page, desk, 'shared');

    await colleague.page.reload();
    await openStudy(colleague.page, /Kovacs/);
    await shownImage(colleague.page);
    await colleague.page.getByText('6 images in 1 series').waitFor({ state: 'attached' });
    await look(colleague.page, phone, 'seen');

    await dialog.getByRole('button', { name: 'Revoke what was shared with Eva Lindqvist' }).click();
    await look(owner.page, desk, 'revoke');
    await dialog.getByRole('button', { name: 'Share it no longer' }).click();
    await dialog.getByText('Nobody yet.').waitFor();
    await colleague.page.reload();
    await colleague.page.getByText('There is no such study, or you may not see it').waitFor();
    colleague.watch.expect(/status of 404/);
    await it.leave(owner, colleague);
  },
  240_000,
);

browserTest(
  'what awaits approval is marked, found and approved',
  async () => {
    await inDatabaseOf(it.exchange, (database) => database.updateTable('studies').set({ unapproved: true }).execute());
    const owner = await entered(it.me);
    const { page } = owner;
    await page.getByText('Awaits approval').first().waitFor();
    await page.getByRole('button', { name: 'Awaiting approval' }).click();
    await page.getByText('1–2 of 2').waitFor();
    await look(page, desk, 'awaiting');
    await openStudy(page, /Brandt/);
    const note = page.getByRole('note').filter({ hasText: 'This study awaits approval' });
    await note.waitFor();
    await look(page, desk, 'approve');
    await note.getByRole('button', { name: 'Approve' }).click();
    await note.waitFor({ state: 'detached' });
    await goTo(page, 'Studies');
    await page.getByText('1–1 of 1').waitFor();
    await it.leave(owner);
  },
  240_000,
);

browserTest(
  'in an emergency a study is opened by its exact patient ID; the administrator is alerted, reviews it, and ends it',
  async () => {
    const nina = await comesAs('Nina Night', {
      ...{ 'study.search.own': 'permit', 'study.view.emergency': 'permit', 'study.view.identity': 'permit' },
      'emergency.open': 'permit',
    });
    const night = await entered(nina, phone);
    await night.page.getByRole('button', { name: 'Emergency access' }).click();
    const dialog = night.page.getByRole('dialog', { name: 'Emergency access' });
    await dialog.getByLabel('Why').fill('urgent');
    await dialog.getByRole('button', { name: 'Open in an emergency' }).click();
    await dialog.getByText('Write the whole of it.').waitFor();
    await dialog.getByText(/^Say why, in a few words/).waitFor();
    await dialog.getByLabel('Why').fill(why);
    await dialog.getByLabel('Patient ID', { exact: false }).first().fill('SH-16');
    await dialog.getByRole('button', { name: 'Open in an emergency' }).click();
    await dialog.getByText('No study has exactly this identifier', { exact: false }).waitFor();
    await look(night.page, phone, 'emergency');
    await dialog.getByLabel('Patient ID', { exact: false }).first().fill(patientId);
    await dialog.getByRole('button', { name: 'Open in an emergency' }).click();
    const opened = dialog.getByRole('list', { name: 'Studies that are open' });
    await opened.getByRole('link', { name: /Brandt/ }).waitFor();
    await look(night.page, phone, 'opened');
    await opened.getByRole('link', { name: /Brandt/ }).click();
    await heading(night.page, 'Study');
    await shownImage(night.page);

    const owner = await entered(it.me);
    const { page } = owner;
    const banner = page.getByRole('region', { name: 'Emergency access' });
    await banner.getByText('1 study was opened in an emergency').waitFor();
    await look(page, desk, 'banner');
    await banner.getByRole('link', { name: 'Review it' }).click();
    await heading(page, 'Openings');
    const item = page.getByRole('list', { name: 'Openings' }).getByRole('listitem').filter({ hasText: 'Nina Night' });
    await item.getByText(why).waitFor();
    await look(page, desk, 'openings');
    await page.setViewportSize({ width: 390, height: 844 });
    await look(page, phone, 'openings');
    await page.setViewportSize({ width: 1280, height: 800 });
    await item.getByRole('button', { name: 'Mark as reviewed' }).click();
    await item.getByText(/reviewed by Mara Ölund/).waitFor();
    await item.getByRole('button', { name: 'End it now' }).click();
    await item.getByText(/, ended /).waitFor();
    await item.getByRole('link', { name: 'What they looked at' }).click();
    await heading(page, 'Audit');
    await page.getByRole('listitem').getByText('Opened studies in an emergency').first().waitFor();
    await expect.poll(() => banner.count()).toBe(0);
    await night.page.reload();
    await night.page.getByText('There is no such study, or you may not see it').waitFor();
    night.watch.expect(/status of 404/);
    await it.leave(owner, night);
  },
  240_000,
);

browserTest(
  'a study that may be looked at for a reason only asks for one, and opens',
  async () => {
    const rita = await comesAs('Rita Reason', {
      ...{ 'study.search': 'permit', 'study.search.identity': 'permit', 'study.search.unapproved': 'permit' },
      ...{ 'study.view.reason': 'permit', 'study.view.identity': 'permit', 'study.view.unapproved': 'permit' },
      'reason.state': 'permit',
    });
    const visitor = await entered(rita);
    const { page } = visitor;
    await openStudy(page, /Kovacs/);
    await page.getByRole('heading', { name: 'Why do you open this study?' }).waitFor();
    await page.getByRole('button', { name: 'Open the study' }).click();
    await page.getByText(/^Say why, in a few words/).waitFor();
    await look(page, desk, 'reason');
    await page.setViewportSize({ width: 390, height: 844 });
    await look(page, phone, 'reason');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByLabel('Why').fill('Second opinion for the tumour board');
    await page.getByRole('button', { name: 'Open the study' }).click();
    await shownImage(page);
    visitor.watch.expect(/status of 403/);
    await it.leave(visitor);
  },
  240_000,
);

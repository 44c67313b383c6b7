import { readFileSync } from 'node:fs';
import { browserTest, ctStudy, desk, multiframeStudy, type Visitor } from '@symbolon/testbed';
import type { CDPSession } from 'playwright-core';
import { expect } from 'vitest';
import { goTo, heading, openStudy, picture, shownImage, signIn, untilShown } from './hands.ts';
import { setting } from './setting.ts';

const drill = process.env.SYMBOLON_DRILL === '1';
/** What is loaded once, filled once or compiled once is there after the first rounds. Units: milliseconds. */
const warmUpMs = drill ? 120_000 : 20_000;
const lengthMs = drill ? 15 * 60_000 : 60_000;

const it = setting({
  before: async (made) => {
    await made.send(
      ctStudy({ seed: 80, slices: 60, series: 2, rows: 256, columns: 256, person: { patientName: 'Dauer^Gast' } }),
    );
    await made.send(multiframeStudy({ seed: 81, frames: 20, person: { patientName: 'Herz^Ina' } }));
  },
});

/** Units: MiB, and counts of what the page keeps alive. */
type Measured = {
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
  readonly renderer: number;
  readonly exchange: number;
};

const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function measure(page: CDPSession, renderers: () => Promise<readonly number[]>): Promise<Measured> {
  // Twice: what the first finds unreachable may hold something that only its finalizer lets go.
  await page.send('HeapProfiler.collectGarbage');
  await page.send('HeapProfiler.collectGarbage');
  const { metrics } = await page.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  const resident = (await renderers()).map(residentMiB);
  return {
    heap: of('JSHeapUsedSize') / 2 ** 20,
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
    renderer: resident.reduce((sum, one) => sum + one, 0),
    exchange: residentMiB(it.exchange.process.pid!),
  };
}

/** What somebody does over and over on a working day. */
async function round({ page }: Visitor): Promise<void> {
  await page.getByLabel('Patient name').fill('dau');
  await openStudy(page, /Dauer/);
  await shownImage(page);
  const box = (await picture(page).boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  for (let notch = 0; notch < 20; notch += 1) await page.mouse.wheel(0, 120);
  await untilShown(page, 21);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 6 });
  await page.mouse.up();
  await page.keyboard.press('4');
  await page.keyboard.press('.');
  await page.keyboard.press('+');
  await page.keyboard.press('0');
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('dialog', { name: 'Share by a link' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Share by a link' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Audit trail' }).click();
  await page.getByRole('region', { name: 'Audit trail' }).getByRole('listitem').first().waitFor();
  await goTo(page, 'Links');
  await goTo(page, 'Upload');
  await goTo(page, 'Audit');
  await page.getByRole('listitem').first().waitFor();
  await goTo(page, 'Studies');
  await page.getByLabel('Patient name').fill('herz');
  await openStudy(page, /Herz/);
  await page.keyboard.press('End');
  await untilShown(page, 20);
  await page.getByRole('link', { name: 'To the studies' }).click();
  await heading(page, 'Studies');
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

browserTest(
  `memory of page and exchange stays flat over ${drill ? '15 minutes' : 'a minute'} of use, without an error or a foreign host`,
  async () => {
    const visitor = await it.visit('/', { on: desk });
    const { page, context } = visitor;
    await signIn(page, it.me);
    const debug = await context.newCDPSession(page);
    await debug.send('Performance.enable');
    const system = await it.browser.browser.newBrowserCDPSession();
    const renderers = async () => {
      const { processInfo } = await system.send('SystemInfo.getProcessInfo');
      return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    };
    const started = performance.now();
    while (performance.now() - started < warmUpMs) await round(visitor);
    const series: Measured[] = [];
    let rounds = 0;
    for (const from = performance.now(); performance.now() - from < lengthMs || series.length < 6; rounds += 1) {
      await round(visitor);
      series.push(await measure(debug, renderers));
    }
    const third = Math.floor(series.length / 3);
    const rows = (['heap', 'nodes', 'listeners', 'renderer', 'exchange'] as const).map((name) => {
      const values = series.map((one) => one[name]);
      return { name, first: median(values.slice(0, third)), last: median(values.slice(-third)) };
    });
    console.log(
      `${rounds} rounds: ${rows.map(({ name, first, last }) => `${name} ${first.toFixed(1)} → ${last.toFixed(1)}`).join(', ')}`,
    );
    // The course of what grows tells a leak from a cache that fills.
    console.log(`renderer MiB: ${series.map(({ renderer }) => Math.round(renderer)).join(' ')}`);
    console.log(`exchange MiB: ${series.map(({ exchange }) => Math.round(exchange)).join(' ')}`);
    await it.leave(visitor);
    for (const { name, first, last } of rows) {
      // Timelines grow by what was done meanwhile; the processes' own allocators breathe. Whoever watches a page by the
      // debugger, as here, makes its process keep the bodies of answers, 100 MB of them before it lets the first go.
      const slack = { heap: 2, nodes: 400, listeners: 100, renderer: drill ? 160 : 60, exchange: 60 }[name];
      expect(last, name).toBeLessThan(first * 1.1 + slack);
    }
  },
  warmUpMs + lengthMs + 120_000,
);

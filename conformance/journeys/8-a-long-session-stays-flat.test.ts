import { readFileSync } from 'node:fs';
import {
  type BareBrowser,
  type BareHands,
  bareHands,
  bareWatch,
  browserTest,
  ctStudy,
  multiframeStudy,
  openBareBrowser,
} from '@symbolon/testbed';
import { expect, onTestFinished } from 'vitest';
import { setting } from './setting.ts';

const drill = process.env.SYMBOLON_DRILL === '1';
/** What is loaded once, filled once or compiled once is there after the first rounds. Units: milliseconds. */
const warmUpMs = drill ? 120_000 : 15_000;
const lengthMs = drill ? 15 * 60_000 : 30_000;

const it = setting({
  before: async (made) => {
    await made.send(
      ctStudy({ seed: 80, slices: 60, series: 2, rows: 256, columns: 256, person: { patientName: 'Dauer^Gast' } }),
    );
    await made.send(multiframeStudy({ seed: 81, frames: 20, person: { patientName: 'Herz^Ina' } }));
  },
});

/** On a slow machine a minute has few rounds, which would hide what grows by the round. */
const leastRounds = 12;

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

async function measure({ call, renderers }: BareBrowser): Promise<Measured> {
  // Decoded pictures stay at hand, up to 128 MB of them, until the system runs short; what is left then is the page's own.
  await call('Memory.simulatePressureNotification', { level: 'critical' });
  // Twice: what the first finds unreachable may hold something that only its finalizer lets go.
  await call('HeapProfiler.collectGarbage');
  await call('HeapProfiler.collectGarbage');
  const { metrics } = await call('Performance.getMetrics');
  const of = (wanted: string) => metrics.find(({ name }: { name: string }) => name === wanted)?.value ?? Number.NaN;
  const resident = (await renderers()).map(residentMiB);
  return {
    heap: of('JSHeapUsedSize') / 2 ** 20,
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
    renderer: resident.reduce((sum, one) => sum + one, 0),
    exchange: residentMiB(it.exchange.process.pid!),
  };
}

async function signIn(hands: BareHands): Promise<void> {
  await hands.fill('E-mail address', it.me.email);
  await hands.fill('Password', it.me.password);
  await hands.click('button', 'Sign in');
  await page(hands, 'Studies');
}

const page = (hands: BareHands, title: string) =>
  hands.until(
    `the page ${title}`,
    (wanted) => document.title === `${wanted} – Symbolon` && document.querySelector('h1')?.textContent === wanted,
    title,
  );

const shown = (hands: BareHands, image: string) =>
  hands.until(`image ${image}`, (wanted) => document.querySelector(`canvas[data-image="${wanted}"]`) !== null, image);

async function goTo(hands: BareHands, place: string): Promise<void> {
  await hands.click('nav[aria-label="Main"] a', place);
  await page(hands, place);
}

const records = (hands: BareHands) =>
  hands.until('records of the audit trail', () => document.querySelector('ol li') !== null);

/** Looks for a name and opens the one study found: rows move when the answer comes, so nobody clicks before it. */
async function open(hands: BareHands, part: string, name: string): Promise<void> {
  await hands.fill('Patient name', part);
  await hands.until(
    `a list of ${name} alone`,
    (wanted) => {
      const rows = [...document.querySelectorAll('table[aria-label="Studies"] tbody a')];
      return rows.length > 0 && rows.every(({ textContent }) => textContent?.includes(wanted));
    },
    name,
  );
  await hands.click('tbody a', name);
}

/** What somebody does over and over on a working day. */
async function round(hands: BareHands): Promise<void> {
  await open(hands, 'dau', 'Dauer');
  await page(hands, 'Study');
  await shown(hands, '1');
  const at = await hands.find('canvas[data-image]');
  for (let notch = 0; notch < 20; notch += 1) await hands.wheel(at, 120);
  await shown(hands, '21');
  await hands.drag(at, { x: at.x + 60, y: at.y + 40 }, 6);
  for (const key of ['4', '.', '+', '0']) await hands.press(key);
  await hands.click('button', 'Share');
  await hands.find('[role="dialog"]');
  await hands.press('Escape');
  await hands.until('the end of the dialog', () => document.querySelector('[role="dialog"]') === null);
  await hands.click('button', 'Audit trail');
  await records(hands);
  await goTo(hands, 'Links');
  await goTo(hands, 'Upload');
  await goTo(hands, 'Audit');
  await records(hands);
  await goTo(hands, 'Studies');
  await open(hands, 'herz', 'Herz');
  await page(hands, 'Study');
  await shown(hands, '1');
  await hands.press('End');
  await shown(hands, '20');
  await hands.click('a', 'To the studies');
  await page(hands, 'Studies');
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

browserTest(
  `memory of page and exchange stays flat over ${drill ? '15 minutes' : 'a minute'} of use, without an error or a foreign host`,
  async () => {
    const browser = await openBareBrowser({ trust: [it.exchange.ca] });
    onTestFinished(() => browser.close());
    const loud = await bareWatch(browser, [it.exchange.url]);
    const hands = bareHands(browser);
    await browser.call('Performance.enable');
    await browser.call('Page.navigate', { url: it.exchange.url });
    await signIn(hands);
    const started = performance.now();
    while (performance.now() - started < warmUpMs) await round(hands);
    const series: Measured[] = [];
    let rounds = 0;
    for (
      const from = performance.now();
      performance.now() - from < lengthMs || series.length < leastRounds;
      rounds += 1
    ) {
      await round(hands);
      series.push(await measure(browser));
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
    expect(loud).toEqual([]);
    for (const { name, first, last } of rows) {
      // Timelines grow by what was done meanwhile; the processes' own allocators breathe, by some 10 MiB on a busy machine.
      // Whoever keeps the pictures of a study after it was left adds 10 MiB a round or more.
      const slack = { heap: 2, nodes: 400, listeners: 100, renderer: 30, exchange: 60 }[name];
      expect(last, name).toBeLessThan(first * 1.1 + slack);
    }
  },
  warmUpMs + lengthMs + 240_000,
);

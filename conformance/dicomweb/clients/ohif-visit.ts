import { setTimeout as pause } from 'node:timers/promises';
import { freePort, openBrowser, type TestBrowser, type Visitor } from '@symbolon/testbed';
import { type Site, startSite } from '../dicomweb-client.ts';
import type { AnotherOrigin } from './another-origin.ts';
import { ohifBuild, serveOhif } from './ohif.ts';
import { alike, isPlain, type Shown, shown, squaresOf } from './ohif-look.ts';

export type OhifSite = {
  readonly site: Site;
  readonly ohif: AnotherOrigin;
  readonly visitor: Visitor;
  /** Opens a series by OHIF's own address of it, and gives what it shows once it does; undefined where it shows nothing in time. */
  open(series: Series, withinMs?: number): Promise<Shown | undefined>;
  /** How much what is shown is the picture that the exchange makes of the same frame. */
  likeness(what: Shown): Promise<number>;
  /** What OHIF, its console or its requests complained of since the last question. */
  complaints(): string[];
  dispose(): Promise<void>;
};

export type Series = { readonly study: string; readonly series: string };

/** An exchange, OHIF on another origin, and somebody in front of it who types their token when they are asked. */
export async function startOhifSite(): Promise<OhifSite> {
  const port = await freePort();
  const site = await startSite({ env: { SYMBOLON_CORS_ORIGINS: `https://localhost:${port}` } });
  let ohif: AnotherOrigin | undefined;
  let browser: TestBrowser | undefined;
  const dispose = async () => {
    await browser?.close();
    ohif?.close();
    await site.exchange.dispose();
  };
  try {
    ohif = await serveOhif(await ohifBuild(), site.exchange, port);
    browser = await openBrowser({ trust: [site.exchange.ca] });
    const visitor = await browser.visit(`${ohif.url}/manifest.json`, { alsoAt: [site.exchange.url] });
    const { page, context, watch } = visitor;
    await context.addInitScript((token) => {
      window.prompt = () => token;
    }, site.owner.token);
    const refused: string[] = [];
    context.on('response', (answer) => {
      if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
    });
    let told = 0;
    const { url } = ohif;
    return {
      site,
      ohif,
      visitor,
      dispose,
      async open({ study, series }, withinMs = 30_000) {
        await page.goto(`${url}/viewer?StudyInstanceUIDs=${study}&SeriesInstanceUIDs=${series}`);
        for (const giveUpAt = performance.now() + withinMs; performance.now() < giveUpAt; await pause(50)) {
          const what = await shown(page);
          if (what && !isPlain(what.colours)) return what;
        }
        // What is all of one colour is shown as such.
        return shown(page);
      },
      async likeness({ studyUid, seriesUid, sopUid, frame, colours }) {
        const path = `/dicomweb/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}/frames/${frame}/rendered`;
        const picture = await site.get(path, { accept: 'image/png' });
        if (picture.status !== 200) throw new Error(`${path} answered ${picture.status}: ${picture.body}`);
        return alike(colours, await squaresOf(page, picture.body));
      },
      complaints() {
        const since = watch.loud().slice(told);
        told += since.length;
        const heard = since
          // OHIF warns of this and that; of what fails it tells as an error. Chromium's own page of PDFs is no host.
          .filter(({ kind, text }) => !(kind === 'console' && text.startsWith('warning:')))
          .filter(({ kind, text }) => !(kind === 'other host' && /^GET chrome(-extension)?:/.test(text)))
          .map(({ kind, text }) => `${kind}: ${text}`);
        return [...heard, ...refused.splice(0)];
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

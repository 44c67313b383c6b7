import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Exchange, type Owner, owner, standsOnFolders, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectHeldOnce, heldOf } from './held-once.ts';
import { expectNoOrphans, grownOld, sweep } from './orphans.ts';
import { drawn, sendingOn } from './sending-on.ts';
import { type WatchedRoad, watchedRoad } from './watched-road.ts';

const rounds = process.env.SYMBOLON_DRILL ? 200 : 12;
/** Nine of ten do. Of a few, chance alone may take more: then there are some rounds more, until there are as many. */
const minWithin = rounds * (process.env.SYMBOLON_DRILL ? 0.75 : 2 / 3);
const mostRounds = 2 * rounds;
/** A request carries 20 instances, and its commit takes some tens of milliseconds: a kill comes anywhere in up to eight. */
const mostInstances = 160;
const mostThenMs = 40;

let exchange: Exchange;
let me: Owner;
let road: WatchedRoad;
let root: string;

beforeAll(async () => {
  exchange = await startExchange({ onDisk: true });
  root = join(dirname(exchange.dataDir), 'rounds');
  await mkdir(root);
  me = await owner(exchange);
  road = await watchedRoad(exchange);
});
afterAll(async () => {
  await road?.close();
  await exchange?.dispose();
});

/**
 * Four connections store without a pause. Each kill comes after a number of acknowledgements and a number of milliseconds
 * that are drawn, so that it hits any step of a commit, on any machine. "Between the first and the last acknowledgement"
 * is counted by what the road saw of the study under way: some of it acknowledged before the kill, and some after.
 */
test(
  `kill -9 at ${rounds} moments of storing loses nothing that was acknowledged, and doubles nothing`,
  async () => {
    const random = drawn(2026);
    const load = sendingOn(exchange, me, road, root);
    let [acknowledgedByThen, heldWhenUnasked, round] = [0, 0, 0];
    for (; round < rounds || (load.breaksWithin() < minWithin && round < mostRounds); round += 1) {
      await load.moment({
        instances: Math.floor(random.next().value * mostInstances),
        thenMs: random.next().value * mostThenMs,
      });
      load.broken();
      await exchange.kill9();
      // What had left the exchange before it died counts, too.
      const acknowledged = load.acknowledged();
      acknowledgedByThen += acknowledged.length;
      await exchange.restart();
      expect(await heldOf(exchange, me, acknowledged)).toEqual(acknowledged);
      heldWhenUnasked += await load.sendUnasked(exchange, random);
      road.open = true;
    }
    await load.stop();
    const { done, ended } = load;
    console.log(
      `${round} kills in ${done.length} studies, ${ended.breaksWithin} of them between a study's first and last acknowledgement; ` +
        `${acknowledgedByThen} acknowledgements looked up after them, ${heldWhenUnasked} instances sent again unasked were held already; ` +
        `${ended.byItself} studies went on by themselves, ${ended.runAgain} were run again, ${ended.undisturbed} were not hit`,
    );
    expect(ended.breaksWithin).toBeGreaterThanOrEqual(minWithin);
    expect(heldWhenUnasked).toBeGreaterThan(0);
    expect(ended.byItself).toBeGreaterThan(0);
    expect(ended.runAgain).toBeGreaterThan(0);

    // On S3 nothing can be made to look old: there the law of the store that goes away counts what no row names.
    if (standsOnFolders) {
      await grownOld(exchange.dataDir);
      const swept = await sweep(exchange, me, '--many');
      expect(swept).toMatchObject({ code: 0 });
      console.log(swept.stdout.trim().replaceAll('\n', '; '));
      await expectNoOrphans(exchange);
    }
    await expectHeldOnce(exchange, me, done);
  },
  mostRounds * 30_000,
);

import { cp, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  cli,
  type Exchange,
  type ExchangeOptions,
  type Owner,
  owner,
  type PowerCutDisks,
  powerCutTest,
  startExchange,
} from '@symbolon/testbed';
import { expect, onTestFinished } from 'vitest';
import { ask, multipart } from './ask.ts';
import { send } from './folder-of.ts';
import { expectHeldOnce, heldOf } from './held-once.ts';
import { expectNoOrphans, grownOld, sweep } from './orphans.ts';
import { drawn, newStudy, type Sent, sendingOn } from './sending-on.ts';
import { type WatchedRoad, watchedRoad } from './watched-road.ts';

const drill = Boolean(process.env.SYMBOLON_DRILL);
const roundsUnderLoad = drill ? 50 : 3;
const loneRounds = drill ? 10 : 2;
const firstStarts = drill ? 20 : 1;

/**
 * Three disks, as an installation may have them, so that nobody's fsync makes durable what another forgot: ext4 has one
 * journal for a whole disk.
 */
const disks = { names: ['data', 'keys', 'images'], bytes: 1024 ** 3 } as const;
type Disks = PowerCutDisks<(typeof disks.names)[number]>;

function placesOn(
  { folders }: Disks,
  name: string,
): ExchangeOptions & Required<Pick<ExchangeOptions, 'folders' | 'env'>> {
  return {
    folders: { dataDir: join(folders.data, name), keysDir: join(folders.keys, name) },
    env: {
      SYMBOLON_BLOBS: `file:${join(folders.images, name, 'images')}`,
      SYMBOLON_IDENTITY_BLOBS: `file:${join(folders.images, name, 'identity')}`,
      SYMBOLON_DISK_RESERVE: '64MiB',
    },
  };
}

type Sender = { readonly me: Owner; readonly root: string; readonly from: Exchange };

/** A sender's machine keeps its power: its token, the certificate it trusts and its files are on another disk. */
async function senderOf(exchange: Exchange): Promise<Sender> {
  const root = await mkdtemp('/tmp/sender-');
  onTestFinished(() => rm(root, { recursive: true }));
  const { tokenFile, ...me } = await owner(exchange);
  await cp(tokenFile, join(root, 'token'));
  await cp(join(exchange.dataDir, 'tls/certificate.pem'), join(root, 'tls/certificate.pem'));
  return { me: { ...me, tokenFile: join(root, 'token') }, root, from: { ...exchange, dataDir: root } };
}

/** A hundred MiB, which the next power cut would bring back. */
async function removedDurably(folders: readonly string[], name: string): Promise<void> {
  for (const folder of folders) {
    await rm(join(folder, name), { recursive: true, force: true });
    const handle = await open(folder, 'r');
    await handle.sync();
    await handle.close();
  }
}

async function powerCycle(disks: Disks, exchange: Exchange): Promise<void> {
  disks.cut();
  await exchange.kill9();
  await disks.powerOn();
}

powerCutTest(
  `${roundsUnderLoad} power cuts while it stores, and ${loneRounds} at the very acknowledgement, lose nothing of it`,
  disks,
  async (disks) => {
    const exchange = await startExchange(placesOn(disks, 'x'));
    let road: WatchedRoad | undefined;
    try {
      const { me, root, from } = await senderOf(exchange);
      road = await watchedRoad(exchange);
      const random = drawn(711);
      const load = sendingOn(from, me, road, root, 1);
      let acknowledgedByThen = 0;
      const lookBack = async (acknowledged: readonly string[]) => {
        acknowledgedByThen += acknowledged.length;
        await exchange.restart();
        expect(await heldOf(exchange, me, acknowledged)).toEqual(acknowledged);
        await load.sendUnasked(exchange, random);
        road!.open = true;
      };
      for (let round = 0; round < roundsUnderLoad; round += 1) {
        await load.moment({ instances: Math.floor(random.next().value * 160), thenMs: random.next().value * 40 });
        load.broken();
        await powerCycle(disks, exchange);
        await lookBack(load.acknowledged());
      }
      await load.stop();

      // Nobody writes anything after the acknowledgement: what it forgot to make durable, no other commit makes so.
      const lone: Sent[] = [];
      for (let round = 0; round < loneRounds; round += 1) {
        const sent = await newStudy(root, 10_000 + round, 4);
        const { body, headers } = multipart(
          await Promise.all(sent.files.map((name) => readFile(join(sent.folder, name)))),
        );
        const answer = await ask(exchange, '/dicomweb/studies', { token: me.token, body, headers });
        await powerCycle(disks, exchange);
        expect(answer.status).toBe(200);
        await lookBack(sent.digests);
        // For the receipt: all of it is held.
        expect(await send(from, me, sent.folder, sent.receipt, { to: exchange.url })).toMatchObject({ code: 0 });
        lone.push(sent);
      }
      console.log(
        `${roundsUnderLoad} power cuts in ${load.done.length} studies, ${load.ended.breaksWithin} of them between a study's first and last acknowledgement, ` +
          `and ${loneRounds} at an acknowledgement; ${acknowledgedByThen} acknowledgements looked up after them`,
      );
      const stores = join(disks.folders.images, 'x');
      await grownOld(stores);
      const swept = await sweep(exchange, me, '--many');
      expect(swept).toMatchObject({ code: 0 });
      console.log(swept.stdout.trim().replaceAll('\n', '; '));
      await expectNoOrphans(exchange, stores);
      await expectHeldOnce(exchange, me, [...load.done, ...lone]);
    } finally {
      await road?.close();
      await exchange.dispose();
    }
  },
  120_000 + (roundsUnderLoad + loneRounds) * 40_000,
);

powerCutTest(
  'a first start that a power cut ends, and the one right after it, are simply begun again',
  disks,
  async (disks) => {
    const began = performance.now();
    const first = placesOn(disks, 'first');
    const exchange = await startExchange(first);
    const lengthMs = performance.now() - began;
    try {
      const { me, root, from } = await senderOf(exchange);
      await powerCycle(disks, exchange);
      await exchange.restart();
      // Who was told that the account is theirs, has it.
      const sent = await newStudy(root, 1, 4);
      expect(await send(from, me, sent.folder, sent.receipt)).toMatchObject({ code: 0 });
    } finally {
      await exchange.dispose();
    }

    const random = drawn(1812);
    for (let round = 0; round < firstStarts; round += 1) {
      const momentMs = Math.round(((round + random.next().value) / firstStarts) * lengthMs);
      const places = placesOn(disks, `start-${round}`);
      const env = {
        ...places.env,
        SYMBOLON_DATA: places.folders.dataDir,
        SYMBOLON_KEYS: places.folders.keysDir,
        SYMBOLON_LISTEN: '127.0.0.1:0',
      };
      const cut = pause(momentMs).then(() => disks.cut());
      const { stdout } = await cli(['serve'], { env, timeoutMs: momentMs });
      await cut;
      await disks.powerOn();
      const again = await startExchange(places).catch((error: Error) => {
        throw new Error(
          `after a first start that was cut after ${momentMs} ms, and had said:\n${stdout}\n${error.message}`,
        );
      });
      await again.dispose();
      await removedDurably(Object.values(disks.folders), `start-${round}`);
    }
  },
  120_000 + firstStarts * 60_000,
);

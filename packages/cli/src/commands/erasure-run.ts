import { setTimeout as pause } from 'node:timers/promises';
import {
  type ErasureTarget,
  type Exchange,
  erase,
  erasure,
  erasureCertificate,
  Patience,
  previewErasure,
} from '@symbolon/client';
import type { Erasure, ErasureGround } from '@symbolon/contract';
import { CliError } from '../errors.ts';
import { worldClock } from '../exchange/clock.ts';
import { withNewFile } from '../exchange/new-file.ts';
import { exitCodes } from '../exit-codes.ts';
import { confirmedByWord } from '../terminal/confirm.ts';
import { safeText } from '../terminal/safe-text.ts';
import { minuteText, previewLines, stateText } from './erasure-words.ts';

export type HowToErase = {
  readonly ground: ErasureGround;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly wait?: true;
  readonly certificate?: string;
};

export const say = (line: string): void => void process.stdout.write(`${safeText(line)}\n`);

/** Looks, asks, erases, and waits where it is told to. What was looked at is what goes: where it changed, nothing does. */
export async function runErasure(exchange: Exchange, target: ErasureTarget, how: HowToErase): Promise<number> {
  const preview = await previewErasure(exchange, target);
  for (const line of previewLines(preview)) say(line);
  if (preview.holds.length > 0) {
    process.stderr.write('It is held, so nothing of it can be erased. "symbolon hold release" releases a hold.\n');
    return exitCodes.refused;
  }
  if (how.dryRun) return exitCodes.done;
  if (preview.instances === 0 && target.what !== 'account')
    throw new CliError('OPTION_WRONG', 'nothing of that is there, so there is nothing to erase');
  const question = 'It cannot be undone, not even from a backup. Type "erase" to erase it for ever: ';
  if (!how.yes && !(await confirmedByWord('erase', question))) {
    process.stderr.write('Nothing was erased.\n');
    return exitCodes.stopped;
  }
  const begin = () => erase(exchange, target, { ground: how.ground, instances: preview.instances });
  if (how.certificate !== undefined)
    await withNewFile(how.certificate, async () => erasureCertificate(exchange, (await certified(exchange, begin)).id));
  else if (how.wait) await certified(exchange, begin);
  else {
    say(`Erasure       ${(await begin()).id}`);
    say('It goes on by itself. "symbolon erasure list" says how far it is.');
  }
  return exitCodes.done;
}

/** Begins, and stays until the certificate is there; the exchange may be away for a while meanwhile. */
async function certified(exchange: Exchange, begin: () => Promise<Erasure>): Promise<Erasure> {
  const patience = new Patience(worldClock, { giveUpAfterMs: 600_000 });
  let so = await begin();
  say(`Erasure       ${so.id}`);
  for (let told = ''; so.state !== 'certified'; so = await patience.persist(() => erasure(exchange, so.id))) {
    const line = `${stateText(so)} ...`;
    if (line !== told) process.stderr.write(`${safeText(line)}\n`);
    told = line;
    await pause(500);
  }
  say(`Certified     ${minuteText(so.certifiedAt ?? '')} UTC`);
  if (so.finalAt !== null) say(`Final         ${minuteText(so.finalAt)} UTC`);
  return so;
}

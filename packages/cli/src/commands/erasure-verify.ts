import { CertificateError, certifiesStudy, verifyCertificate } from '@symbolon/client';
import { Command } from 'commander';
import { newHasher } from '../exchange/hasher.ts';
import { type KeyFlags, readWhole, trustedKey, withKeyFlags } from '../exchange/trusted-key.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { countText } from '../terminal/amounts.ts';
import { say } from './erasure-run.ts';
import { amountsText, minuteText } from './erasure-words.ts';
import { readUid } from './one-study.ts';

type Flags = KeyFlags & { readonly study?: string };

const help = `
Verifies the certificate of an erasure against the exchange's key, which you name: never against the key within the
certificate. Needs no exchange and no network. With --study, also whether it is about the study with that UID.

Example:
  symbolon erasure verify certificate.json --key exchange-key.pem --study 1.2.840.113619.2.1.1
${exitCodesHelp}`;

async function run(file: string, flags: Flags): Promise<number> {
  const trusted = await trustedKey(flags, 'certificate');
  const statement = await verifyCertificate(await readWhole(file), trusted, newHasher);
  if (flags.study !== undefined && !certifiesStudy(statement, flags.study, newHasher))
    throw new CertificateError('CERTIFICATE_OTHER_STUDY', 'the certificate is genuine, but not about that study');
  const { exchange, kind, ground, erased, askedAt, keysDestroyedAt, keyBackups, final } = statement;
  say(`The certificate is genuine: signed by ${exchange}.`);
  if (flags.study !== undefined) say('It is about that study.');
  say(`Erased        ${kind}: ${amountsText(erased)}; ${ground}`);
  say(`Asked for     ${minuteText(askedAt)} UTC`);
  say(`Keys gone     ${minuteText(keysDestroyedAt)} UTC`);
  say(`Final         ${minuteText(final)} UTC${Date.parse(final) > Date.now() ? ', not yet' : ''}`);
  if (keyBackups.length > 0)
    say(`              if ${countText(keyBackups.length, 'backup')} of keys made before was deleted by then`);
  return exitCodes.done;
}

export function erasureVerifyCommand(finish: (code: number) => void): Command {
  return withKeyFlags(
    new Command('verify').summary('verify the certificate of an erasure').argument('<file>', 'the certificate'),
  )
    .option('--study <uid>', 'whether it is about the study with this UID', readUid('--study'))
    .addHelpText('after', help)
    .action(async (file: string, flags: Flags) => finish(await run(file, flags)));
}

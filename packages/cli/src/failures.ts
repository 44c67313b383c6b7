import { CertificateError, ClientError, type ClientErrorCode, ReceiptError } from '@symbolon/client';
import type { ProblemCode } from '@symbolon/contract';
import { CliError, type CliErrorCode } from './errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

type Row = readonly [exit: ExitCode, advice: string];

const clientFailures: Record<ClientErrorCode, Row> = {
  EXCHANGE_OUT_OF_REACH: [
    exitCodes.outOfReach,
    'Check the address and that the exchange is running, then run the same command again; nothing is lost.',
  ],
  EXCHANGE_UNAVAILABLE: [exitCodes.outOfReach, 'Run the same command again later; nothing is lost.'],
  EXCHANGE_NAME_UNKNOWN: [exitCodes.outOfReach, 'Check the address for a mistake.'],
  EXCHANGE_NOT_TRUSTED: [
    exitCodes.outOfReach,
    "Ask its keeper for the certificate's SHA-256 and give it with --fingerprint, or give its authority with --ca.",
  ],
  EXCHANGE_REFUSED: [exitCodes.refused, ''],
  EXCHANGE_FAILED: [exitCodes.wrongUse, 'Its log says more; run the same command again when that is mended.'],
  EXCHANGE_ANSWER_STRANGE: [
    exitCodes.wrongUse,
    'Check that the address is that of a Symbolon exchange of this version.',
  ],
  FILE_CHANGED: [exitCodes.someNotTaken, 'Run the same command again.'],
  ORIGINAL_DAMAGED: [exitCodes.damaged, 'Tell the keeper of the exchange.'],
  STOPPED: [exitCodes.stopped, 'Run the same command again to go on where it stopped.'],
};

const cliExit: Record<CliErrorCode, ExitCode> = {
  ADDRESS_WRONG: exitCodes.wrongUse,
  OPTION_WRONG: exitCodes.wrongUse,
  FILE_UNREADABLE: exitCodes.wrongUse,
  FILE_NOT_WRITABLE: exitCodes.wrongUse,
  FILE_EXISTS: exitCodes.wrongUse,
  NOTHING_TO_SEND: exitCodes.wrongUse,
  NOTHING_TO_TRANSCODE: exitCodes.wrongUse,
  STUDY_NOT_FOUND: exitCodes.refused,
};

/** Where the exchange's own words leave open what to do. */
const problemAdvice: Partial<Record<ProblemCode, Row>> = {
  ACCESS_SIGN_IN_NEEDED: [exitCodes.refused, 'Check what you gave; "symbolon token create" makes a new token.'],
  ACCOUNT_EXISTS_ALREADY: [exitCodes.refused, 'Use "symbolon token create" to get a token for it.'],
  ERASURE_UNDER_WAY: [exitCodes.refused, '"symbolon erasure list" says how far it is.'],
  ERASURE_HELD: [exitCodes.refused, '"symbolon hold list" says what holds it.'],
  REINDEX_UNDER_WAY: [exitCodes.refused, '"symbolon keys reindex" says how far it is.'],
  QUOTA_EXCEEDED: [exitCodes.refused, 'Then run the same command again; what was taken is kept.'],
  STORAGE_FULL: [exitCodes.refused, 'Run the same command again when there is room; what was taken is kept.'],
  SEALED_DATA_DAMAGED: [exitCodes.damaged, 'Tell the keeper of the exchange.'],
};

/** Of errors with keys by their codes: the exchange's own class is not loaded for the sake of other commands. */
const keysFailures: Readonly<Record<string, Row>> = {
  KEYS_BACKUP_DAMAGED: [exitCodes.damaged, 'Nothing was changed. Take another backup.'],
  KEYS_BACKUP_PASSPHRASE_WRONG: [exitCodes.wrongUse, 'Nothing was changed.'],
  KEYS_BACKUP_VERSION_UNKNOWN: [exitCodes.wrongUse, 'Nothing was changed. Use the version of Symbolon that made it.'],
  KEYS_BUSY: [exitCodes.wrongUse, 'Nothing was changed.'],
  KEYS_EXIST: [exitCodes.wrongUse, 'Nothing was changed. For keys, --replace puts others in their place.'],
  KEYS_UNAVAILABLE: [exitCodes.outOfReach, 'SYMBOLON_KEYS says where they are looked for.'],
  KEYRING_DAMAGED: [exitCodes.damaged, 'A backup of the keys can be put in place by "symbolon keys restore".'],
};

/** Of errors with backups; in the same way. */
const backupFailures: Readonly<Record<string, Row>> = {
  BACKUP_DAMAGED: [exitCodes.damaged, 'An earlier backup may be whole: "symbolon backup list" names them.'],
  BACKUP_FOREIGN: [exitCodes.wrongUse, 'Nothing was changed.'],
  BACKUP_NOT_FOUND: [exitCodes.wrongUse, ''],
  BACKUP_VERSION_UNKNOWN: [exitCodes.wrongUse, 'Nothing was changed.'],
};

export type Failure = { readonly exit: ExitCode; readonly text: string };

function sentence(text: string): string {
  const trimmed = text.trim();
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

function reasonOf(error: ClientError): string {
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? `${error.message} (${code})` : error.message;
}

/** One or two sentences that say what is wrong and what to do, and the exit code. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) return { exit: cliExit[error.code], text: sentence(error.message) };
  if (error instanceof ReceiptError) {
    const exit = error.code === 'RECEIPT_KEY_UNREADABLE' ? exitCodes.wrongUse : exitCodes.damaged;
    return { exit, text: `${error.code}: ${sentence(error.message)}` };
  }
  if (error instanceof CertificateError)
    return { exit: exitCodes.damaged, text: `${error.code}: ${sentence(error.message)}` };
  if (error instanceof ClientError) {
    const special = error.problemCode === undefined ? undefined : problemAdvice[error.problemCode];
    const [exit, advice] = special ?? clientFailures[error.code];
    return { exit, text: `${sentence(reasonOf(error))} ${advice}`.trim() };
  }
  if (error instanceof Error && error.name === 'KeysError') {
    const { code } = error as Error & { code?: string };
    const [exit, advice] = keysFailures[String(code)] ?? [exitCodes.wrongUse, ''];
    return { exit, text: `${code}: ${sentence(error.message)} ${advice}`.trim() };
  }
  if (error instanceof Error && error.name === 'BackupError') {
    const { code } = error as Error & { code?: string };
    const [exit, advice] = backupFailures[String(code)] ?? [exitCodes.wrongUse, ''];
    return { exit, text: `${code}: ${sentence(error.message)} ${advice}`.trim() };
  }
  if (error instanceof Error && error.name === 'BlobError')
    return {
      exit: exitCodes.outOfReach,
      text: `${(error as Error & { code?: string }).code}: ${sentence(error.message)} Run the same command again when that is mended.`,
    };
  if (error instanceof Error && error.name === 'ConfigError')
    return { exit: exitCodes.wrongUse, text: sentence(error.message) };
  const message = error instanceof Error ? error.message : String(error);
  return { exit: exitCodes.wrongUse, text: `Unexpected: ${sentence(message)} Set SYMBOLON_DEBUG=1 to see more.` };
}

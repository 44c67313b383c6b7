/** What kept a passkey from being made or shown, as far as a browser tells. */
export type Trouble = 'elsewhere' | 'known' | 'not given' | 'not here' | 'unknown';

export class PasskeyTrouble extends Error {
  override readonly name = 'PasskeyTrouble';
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(troubleWords[trouble]);
    this.trouble = trouble;
  }
}

const troubleWords: Readonly<Record<Trouble, string>> = {
  'not given': 'No passkey was given: it was called off, took too long, or there is none for this exchange here.',
  known: 'This device, or this password manager, has a passkey of yours for this exchange already.',
  elsewhere: 'Passkeys work at the address under which the exchange is known. Open it there.',
  'not here': 'This browser or this device cannot take a passkey that asks who you are, as by a finger or a PIN.',
  unknown: 'The browser did not say why it gave no passkey. Try again, or another way.',
};

/** `code`: of the library, or the name of the browser's own error; `cause`: the name of the error beneath. WebAuthn §5.1. */
export function troubleOf(code: string, cause: string): Trouble {
  if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED' || cause === 'InvalidStateError') return 'known';
  if (code === 'ERROR_INVALID_DOMAIN' || code === 'ERROR_INVALID_RP_ID' || cause === 'SecurityError')
    return 'elsewhere';
  if (/MISSING_USER_VERIFICATION|DISCOVERABLE_CREDENTIAL_SUPPORT|SUPPORTED_PUBKEYCREDPARAMS_ALG/.test(code))
    return 'not here';
  if (code === 'NotAllowedError' || code === 'AbortError' || code === 'ERROR_CEREMONY_ABORTED') return 'not given';
  if (cause === 'NotAllowedError' || cause === 'AbortError') return 'not given';
  return 'unknown';
}

/** Whether this browser can be asked for a passkey at this address: they are bound to a name, and an IP address is none. */
export const canAskForPasskeys = ({ hostname, has }: { readonly hostname: string; readonly has: boolean }): boolean =>
  has && !/^[\d.]+$|^\[/.test(hostname);

export const passkeysAreHere = (): boolean =>
  canAskForPasskeys({ hostname: location.hostname, has: 'PublicKeyCredential' in globalThis });

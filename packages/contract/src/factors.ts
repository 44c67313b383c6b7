import { z } from 'zod';
import { lineOf, totpCode } from './line.ts';
import { sessionAnswer } from './people.ts';

/** `totp`: an authenticator app (RFC 6238). `passkey`: a key of WebAuthn, in a device, a password manager or a security key. */
export const factorKinds = ['totp', 'passkey'] as const;

/** `backedUp`: of a passkey, whether it is on more than one device; null of others. */
export const ownFactor = z.object({
  id: z.uuid(),
  kind: z.enum(factorKinds),
  label: z.string(),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
  backedUp: z.boolean().nullable(),
});
export type OwnFactor = z.infer<typeof ownFactor>;

/**
 * `recoveryCodes`: how many can still be used; null where there are none. `required`: whether an account or a role wants a second
 * factor of them. `passkeys`: whether this exchange can take passkeys: not where its public URL names an IP address.
 */
export const ownFactorsAnswer = z.object({
  factors: z.array(ownFactor),
  recoveryCodes: z.object({ left: z.int(), createdAt: z.iso.datetime() }).nullable(),
  required: z.boolean(),
  passkeys: z.boolean(),
  /** This browser is trusted, and the session began without a second factor: it is shown before anything of this is changed. */
  toShow: z.boolean(),
});
export type OwnFactorsAnswer = z.infer<typeof ownFactorsAnswer>;

const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');
const credentialId = base64url(1400);
const transport = z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);
const descriptor = z.object({ type: z.literal('public-key'), id: credentialId, transports: z.array(transport) });

/** What the browser is asked for a passkey with (WebAuthn §5.4, JSON form). */
const creationOptions = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  challenge: z.string(),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
  timeout: z.int(),
  excludeCredentials: z.array(descriptor),
  authenticatorSelection: z.object({ residentKey: z.literal('preferred'), userVerification: z.literal('required') }),
  attestation: z.literal('none'),
});

/** And with which it is asked to sign (WebAuthn §5.5). Without `allowCredentials` it asks whoever is there which one to take. */
const requestOptions = z.object({
  rpId: z.string(),
  challenge: z.string(),
  timeout: z.int(),
  allowCredentials: z.array(descriptor),
  userVerification: z.literal('required'),
});

const madeCredential = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(8192),
    attestationObject: base64url(65_536),
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
});

/** What the browser made of `requestOptions`. */
export const passkeyAnswer = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(8192),
    signature: base64url(8192),
    userHandle: base64url(100).nullish(),
  }),
});
export type PasskeyAnswer = z.input<typeof passkeyAnswer>;

/** The secret as text to type, and as an address for a QR code; both are shown once. `enrolment` ends after some minutes. */
export const totpEnrolment = z.object({ enrolment: z.uuid(), secret: z.string(), address: z.string() });
export type TotpEnrolment = z.infer<typeof totpEnrolment>;

export const passkeyEnrolment = z.object({ enrolment: z.uuid(), options: creationOptions });
export type PasskeyEnrolment = z.infer<typeof passkeyEnrolment>;

const label = lineOf(60);

/** Confirms what was begun: with a code of the app, or with the passkey that was made. An app takes the place of the one before. */
export const factorRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('totp'), enrolment: z.uuid(), label, code: totpCode }),
  z.strictObject({ kind: z.literal('passkey'), enrolment: z.uuid(), label, credential: madeCredential }),
]);
export type FactorRequest = z.input<typeof factorRequest>;

/** `recoveryCodes`: shown once, with the first factor; null with further ones. */
export const factorAnswer = z.object({ session: sessionAnswer, recoveryCodes: z.array(z.string()).nullable() });
export type FactorAnswer = z.infer<typeof factorAnswer>;

export const recoveryCodesAnswer = z.object({ recoveryCodes: z.array(z.string()) });
export type RecoveryCodesAnswer = z.infer<typeof recoveryCodesAnswer>;

/** With what a passkey is asked; of who is signed in with a step to do, one of theirs. */
export const passkeyChallenge = z.object({ challenge: z.uuid(), options: requestOptions });
export type PasskeyChallenge = z.infer<typeof passkeyChallenge>;

export const passkeySignIn = z.strictObject({ challenge: z.uuid(), answer: passkeyAnswer });
export type PasskeySignIn = z.input<typeof passkeySignIn>;

/** What is shown beside the password. */
export const factorProof = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('totp'), code: totpCode }),
  z.strictObject({ kind: z.literal('passkey'), challenge: z.uuid(), answer: passkeyAnswer }),
  z.strictObject({ kind: z.literal('recovery code'), code: z.string().min(1).max(50) }),
]);
export type FactorProof = z.input<typeof factorProof>;

/** `trust`: not to be asked again in this browser, for as long as the account allows. */
export const sessionFactorRequest = z.strictObject({ proof: factorProof, trust: z.boolean().default(false) });
export type SessionFactorRequest = z.input<typeof sessionFactorRequest>;

/** A browser in which one signed in. `trustedUntil`: until when it is not asked for the second factor. */
export const ownDevice = z.object({
  id: z.uuid(),
  /** The one that asks. */
  current: z.boolean(),
  device: z.string(),
  address: z.string(),
  createdAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  trustedUntil: z.iso.datetime().nullable(),
});
export type OwnDevice = z.infer<typeof ownDevice>;

/** The one seen last first. */
export const ownDevicesAnswer = z.object({ devices: z.array(ownDevice) });
export type OwnDevicesAnswer = z.infer<typeof ownDevicesAnswer>;

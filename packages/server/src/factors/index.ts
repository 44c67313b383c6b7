export { beginTotp, confirmedFactor } from './enrol-factor.ts';
export { FactorError } from './errors.ts';
export {
  factorsOf,
  lockUser,
  recoveryCodesOf,
  removeFactor,
  removeFactors,
  removeRecoveryCodes,
} from './factor.store.ts';
export type { FactorDeps } from './factor-deps.ts';
export { askPasskey, beginPasskey, checkPasskey, takePasskey, takesPasskeys } from './passkeys.ts';
export { type Proof, proveFactor } from './prove-factor.ts';
export { renewRecoveryCodes } from './recovery-codes.ts';
